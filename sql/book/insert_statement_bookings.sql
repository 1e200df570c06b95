-- What was booked because a line told of it.
-- $1 rows statement_booking[]
insert into statement_booking
select *
from unnest($1::statement_booking[])
