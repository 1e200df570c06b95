-- The yearly usage of people locked before, and until when they are barred.
-- $1 person[]
update person
set year = new.year, year_granted = new.year_granted, barred_until = new.barred_until
from unnest($1::person[]) as new
where person.person = new.person and person.city = new.city
