-- Cases of a scope, the newest first; sealed ones are in no list. Each filter that is null lets everything through.
-- $1 city text, $2 division text, $3 state case_state, $4 lane lane, $5 incident uuid, $6 officer text,
-- $7 accepted from, $8 accepted before timestamptz, $9 papers due before date, $10 review due before timestamptz, $11 after id uuid,
-- $12 limit bigint
select
    id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, handler, approver,
    accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, queued, review_due, parties
from aid_case
where city = $1
    and not sealed
    and street >= left($2, 9) and street < left($2, 9) || ':'
    and division >= $2 and division < $2 || ':'
    and ($3::case_state is null or state = $3)
    and ($4::lane is null or lane = $4)
    and ($5::uuid is null or incident_id = $5)
    and ($6::text is null or handler = $6 or approver = $6)
    and ($7::timestamptz is null or accepted_at >= $7)
    and ($8::timestamptz is null or accepted_at < $8)
    and ($9::date is null or (completion_due < $9 and missing <> '{}' and state in ('approved', 'paying', 'paid')))
    and ($10::timestamptz is null or review_due < $10)
    and ($11::uuid is null or id < $11)
order by id desc
limit $12
