-- The yearly usage of people locked before.
-- $1 person[]
update person
set year = new.year, year_granted = new.year_granted
from unnest($1::person[]) as new
where person.person = new.person and person.city = new.city
