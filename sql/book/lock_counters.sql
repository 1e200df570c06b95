-- Locks the counters that number the cases of a street.
-- $1 cities text[], $2 streets text[]
select city, street, day, last
from case_counter
where (city, street) in (select * from unnest($1::text[], $2::text[]))
order by city, street
for no key update
