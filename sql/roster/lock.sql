-- One import of a city at a time takes its number and merges: versions have no gaps, and the second sees what the first did.
-- $1 city text
select pg_advisory_xact_lock(hashtextextended('jiujinan/roster/' || $1, 0))
