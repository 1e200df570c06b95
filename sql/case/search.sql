-- Cases by number, dates and code, the newest first; sealed ones are found by nobody.
-- $1 city text, $2 street text, $3 day date, $4 ordinal integer, $5 accepted from, $6 accepted before timestamptz, $7 code text,
-- $8 after id uuid, $9 limit bigint
select
    id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, handler, approver,
    accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, queued, review_due, parties
from aid_case
where city = $1
    and not sealed
    and ($2::text is null or (street = $2 and day = $3 and ordinal = $4))
    and ($5::timestamptz is null or accepted_at >= $5)
    and ($6::timestamptz is null or accepted_at < $6)
    and ($7::text is null or code = $7)
    and ($8::uuid is null or id < $8)
order by id desc
limit $9
