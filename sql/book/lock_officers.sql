-- Locks officers whose daily usage a batch may change.
-- $1 cities text[], $2 officers text[]
select city, officer, day, day_granted
from officer
where (city, officer) in (select * from unnest($1::text[], $2::text[]))
order by city, officer collate "C"
for no key update
