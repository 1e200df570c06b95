-- One shift, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select s as row
from custody_shift as s
where s.city = $1 and s.id = $2
