-- Funds of the caller's scope (row security), in the order of their opening.
-- $1 city text, $2 after id uuid, $3 limit bigint
select f as row
from fund as f
where f.city = $1 and ($2::uuid is null or f.id > $2)
order by f.id
limit $3
