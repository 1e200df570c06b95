-- Incidents changed.
-- $1 cities text[], $2 ids uuid[], $3 causes cause[], $4 places bytea[], $5 occurred timestamptz[], $6 ended date[], $7 versions bigint[]
update incident
set cause = new.cause, place = new.place, occurred_at = new.occurred_at, ended_on = new.ended_on, version = new.version
from unnest($1::text[], $2::uuid[], $3::cause[], $4::bytea[], $5::timestamptz[], $6::date[], $7::bigint[])
    as new (city, id, cause, place, occurred_at, ended_on, version)
where incident.city = new.city and incident.id = new.id
