-- The daily usage of officers locked before.
-- $1 cities text[], $2 officers text[], $3 days date[], $4 granted bigint[]
update officer
set day = new.day, day_granted = new.granted
from unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) as new (city, officer, day, granted)
where officer.city = new.city and officer.officer = new.officer
