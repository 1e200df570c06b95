-- Cases with free holds whose time is over, in every city.
-- $1 most integer
select city, case_id
from expired_holds($1)
