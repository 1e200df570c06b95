-- Locks people whose yearly usage a batch may change. Locks first, in one order for every server; sums are read afterwards.
-- $1 cities text[], $2 persons uuid[]
select city, person, year, year_granted, barred_until, deceased_on
from person
where (city, person) in (select * from unnest($1::text[], $2::uuid[]))
order by person, city
for no key update
