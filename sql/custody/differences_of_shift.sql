-- The differences that a shift found, if it lies in the caller's scope (row security).
-- $1 city text, $2 shift uuid
select d as row
from cash_difference as d
where d.city = $1 and d.shift_id = $2
order by d.found
