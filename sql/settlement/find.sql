-- One settlement, if it lies in the caller's scope (row security) and is of this hospital, where one is named.
-- $1 city text, $2 id uuid, $3 hospital text or null
select s as row
from settlement as s
where s.city = $1 and s.id = $2 and ($3::text is null or s.hospital = $3)
