-- Names of the funds in the caller's scope, and the clock: what a report is headed with.
-- $1 city text
select id, name, clock_timestamp() as now
from fund
where city = $1
order by id
