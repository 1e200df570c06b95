-- Lines whose person stands in an earlier one.
-- $1 most bigint
select line
from (select line, row_number() over (partition by person order by line) as place from roster_staging) as placed
where place > 1
order by line
limit $1
