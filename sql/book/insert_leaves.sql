-- Audit leaves alone, and that they wait for their number in the log. A batch played again after a lost answer brings the leaves of
-- its reads once more; they are there already.
-- $1 leaf[]
with leaves as (
    insert into leaf
    select * from unnest($1::leaf[])
    on conflict do nothing
    returning city, id
)
insert into pending_leaf (city, id)
select city, id from leaves
