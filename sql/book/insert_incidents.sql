-- Incidents reported.
-- $1 cities text[], $2 ids uuid[], $3 divisions text[], $4 causes cause[], $5 places bytea[], $6 occurred timestamptz[],
-- $7 ended date[], $8 sealed boolean[], $9 reporters text[], $10 reported timestamptz[]
insert into incident (city, id, division, cause, place, occurred_at, ended_on, sealed, reported_by, reported_at)
select *
from unnest(
    $1::text[], $2::uuid[], $3::text[], $4::cause[], $5::bytea[], $6::timestamptz[], $7::date[], $8::boolean[], $9::text[],
    $10::timestamptz[]
)
