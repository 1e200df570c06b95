-- Imports of a city, the last first.
-- $1 city text, $2 before version bigint, $3 rows bigint
select version, mode, rows, entered, left_count, file_sha256, imported_by, imported_at
from roster_version
where city = $1 and ($2::bigint is null or version < $2)
order by version desc
limit $3
