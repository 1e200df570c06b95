-- Locks incidents that cases name or that change.
-- $1 cities text[], $2 ids uuid[]
select city, id, division, cause, place, occurred_at, ended_on, sealed, version, reported_by, reported_at
from incident
where (city, id) in (select * from unnest($1::text[], $2::uuid[]))
order by city, id
for no key update
