-- Cases with overdue papers that a hook listens for and was not told of, in every city, the oldest first.
-- $1 most integer
select city, case_id
from untold_overdue($1)
