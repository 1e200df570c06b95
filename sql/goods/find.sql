-- Goods by their id, in the caller's scope or around it (row security).
-- $1 city text, $2 id uuid
select g as row
from goods as g
where g.city = $1 and g.id = $2
