-- The version that comes now, and the clock. After the lock.
-- $1 city text
select coalesce(max(version), 0) + 1 as version, clock_timestamp() as now from roster_version where city = $1
