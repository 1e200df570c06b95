-- The newest version of a city's roster, in the snapshot that the rows after it are read in.
-- $1 city text
select coalesce(max(version), 0) as version from roster_version where city = $1
