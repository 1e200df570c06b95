-- The yearly usage of people locked before.
-- $1 cities text[], $2 persons uuid[], $3 years smallint[], $4 granted bigint[]
update person
set year = new.year, year_granted = new.granted
from unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[]) as new (city, person, year, granted)
where person.city = new.city and person.person = new.person
