-- Cases of a person, as applicant or as another member: granted ones by their claims, the others by what they name, and those where a
-- temporary identity was merged into the person. Whoever a case was wrongly merged into is not of it.
-- $1 city text, $2 person uuid, $3 accepted from, $4 accepted before timestamptz, $5 code text, $6 after id uuid, $7 limit bigint,
-- $8 street text, $9 day date, $10 ordinal integer of a number
select
    id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, handler, approver,
    accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, queued, review_due, parties
from aid_case
where city = $1
    and not sealed
    and id in (
        select case_id
        from claim
        where city = $1 and person = $2
            and exists (
                select from aid_case as helped
                where helped.id = claim.case_id and helped.city = claim.city and (helped.person = $2 or helped.members @> array[$2])
            )
        union
        select case_id
        from identity_merge as merged
        where city = $1 and person_from = $2 and undoes is null
            and not exists (
                select from identity_merge as undo
                where undo.case_id = merged.case_id and undo.undoes = merged.ordinal and undo.city = merged.city
            )
        union
        select id from aid_case where city = $1 and person = $2 and state in ('accepted', 'refused', 'declined', 'withdrawn')
        union
        select id from aid_case where city = $1 and members @> array[$2] and state in ('accepted', 'refused', 'declined', 'withdrawn')
    )
    and ($3::timestamptz is null or accepted_at >= $3)
    and ($4::timestamptz is null or accepted_at < $4)
    and ($5::text is null or code = $5)
    and ($6::uuid is null or id < $6)
    and ($8::text is null or (street = $8 and day = $9 and ordinal = $10))
order by id desc
limit $7
