-- The settlements that a clearing names, as far as they lie in the caller's scope (row security).
-- $1 city text, $2 settlements uuid[]
select s as row
from settlement as s
where s.city = $1 and s.id = any ($2)
