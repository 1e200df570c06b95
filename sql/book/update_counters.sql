-- Counters locked before.
-- $1 cities text[], $2 streets text[], $3 days date[], $4 last integer[]
update case_counter
set day = new.day, last = new.last
from unnest($1::text[], $2::text[], $3::date[], $4::integer[]) as new (city, street, day, last)
where case_counter.city = new.city and case_counter.street = new.street
