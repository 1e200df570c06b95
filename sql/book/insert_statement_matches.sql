-- Which movements lines are: one for each line, one for each movement.
-- $1 rows statement_match[]
insert into statement_match
select *
from unnest($1::statement_match[])
