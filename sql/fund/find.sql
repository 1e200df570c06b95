-- One fund, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select f as row
from fund as f
where f.city = $1 and f.id = $2
