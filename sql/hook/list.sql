-- Hooks of the caller's scope (row security), in the order of their making; not those that were deleted.
-- $1 city text, $2 after id uuid, $3 limit bigint
select h as row
from hook as h
where h.city = $1 and h.state <> 'deleted' and ($2::uuid is null or h.id > $2)
order by h.id
limit $3
