-- One incident, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select i as row
from incident as i
where i.city = $1 and i.id = $2
