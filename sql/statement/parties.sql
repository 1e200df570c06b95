-- The sealed people and the payments of cases that lie in the caller's scope (row security).
-- $1 city text, $2 cases uuid[]
select aid_case.id, aid_case.parties, aid_case.payments
from aid_case
where aid_case.city = $1 and aid_case.id = any ($2)
