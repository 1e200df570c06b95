-- How many settlements of a hospital's day stand, and what they come to.
-- $1 city text, $2 hospital text, $3 day date
select count(*) as count, coalesce(sum(total), 0)::bigint as amount
from settlement
where city = $1 and hospital = $2 and settled_on = $3 and state = 'settled'
