-- Claims. Two at once for one person and cause want the same next slot, and one of them fails.
-- $1 cities text[], $2 persons uuid[], $3 causes cause[], $4 slots smallint[], $5 days date[], $6 incidents uuid[], $7 cases uuid[]
insert into claim (city, person, cause, slot, day, incident_id, case_id)
select * from unnest($1::text[], $2::uuid[], $3::cause[], $4::smallint[], $5::date[], $6::uuid[], $7::uuid[])
