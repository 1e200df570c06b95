-- Answers under their keys. A twin in another process waits here for ours, and fails when ours is committed.
-- $1 cities text[], $2 keys uuid[], $3 fingerprints bytea[], $4 statuses smallint[], $5 bodies bytea[], $6 at timestamptz
insert into answer (city, key, fingerprint, status, body, at)
select city, key, fingerprint, status, body, $6
from unnest($1::text[], $2::uuid[], $3::bytea[], $4::smallint[], $5::bytea[]) as new (city, key, fingerprint, status, body)
