-- Incidents changed.
-- $1 incident[]
update incident
set cause = new.cause, place = new.place, occurred_at = new.occurred_at, ended_on = new.ended_on, version = new.version
from unnest($1::incident[]) as new
where incident.id = new.id and incident.city = new.city
