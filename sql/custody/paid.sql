-- The cash paid in a shift that lies in the caller's scope (row security), in the order of the payments.
-- $1 city text, $2 shift uuid
select p as row
from custody_shift as s
cross join lateral cash_paid_in(s.city, s.id) as p
where s.city = $1 and s.id = $2
