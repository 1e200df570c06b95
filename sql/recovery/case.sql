-- The case that a recovery is imposed for, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select c as row
from aid_case as c
where city = $1 and id = $2
