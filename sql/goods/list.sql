-- Goods of the caller's scope and of the stores around it (row security), in the order of their registration.
-- $1 city text, $2 after id uuid, $3 limit bigint
select g as row
from goods as g
where g.city = $1 and ($2::uuid is null or g.id > $2)
order by g.id
limit $3
