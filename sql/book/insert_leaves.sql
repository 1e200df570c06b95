-- Audit leaves, and that they wait for their number in the log. A batch played again after a lost answer brings the leaves of
-- its reads once more; they are there already.
-- $1 cities text[], $2 ids uuid[], $3 bytes bytea[], $4 at timestamptz
with written as (
    insert into leaf (city, id, bytes, at)
    select city, id, bytes, $4 from unnest($1::text[], $2::uuid[], $3::bytea[]) as new (city, id, bytes)
    on conflict do nothing
    returning city, id
)
insert into pending_leaf (city, id)
select city, id from written
