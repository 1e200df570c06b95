-- A hook of the caller's scope (row security), unless it was deleted.
-- $1 city text, $2 hook uuid
select h as row
from hook as h
where h.city = $1 and h.id = $2 and h.state <> 'deleted'
