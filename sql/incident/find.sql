-- One incident, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select city, id, division, cause, place, occurred_at, ended_on, sealed, version, reported_by, reported_at
from incident
where city = $1 and id = $2
