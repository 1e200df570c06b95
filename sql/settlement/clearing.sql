-- One clearing, if its fund lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select c as row
from clearing as c
where c.city = $1 and c.id = $2
