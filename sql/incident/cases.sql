-- The cases of an incident in the caller's scope (row security), the oldest first; sealed ones are in no view.
-- $1 city text, $2 incident uuid, $3 limit bigint
select
    id, street, day, ordinal, state, requested, granted, queued, cardinality(members) + 1 as persons,
    (
        select coalesce(sum((payment ->> 'amount_fen')::bigint), 0)::bigint
        from jsonb_array_elements(payments::jsonb) as payment
        where payment ->> 'state' = 'paid'
    ) as paid
from aid_case
where city = $1 and incident_id = $2 and not sealed
order by id
limit $3
