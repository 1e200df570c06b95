-- A promise by its id, in the caller's scope (row security).
-- $1 city text, $2 id uuid
select w as row
from waiver as w
where w.city = $1 and w.id = $2
