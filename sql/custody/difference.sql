-- One difference, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select d as row
from cash_difference as d
where d.city = $1 and d.id = $2
