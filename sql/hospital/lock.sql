-- One registration of a hospital at a time: versions have no gaps.
-- $1 city text, $2 code text
select pg_advisory_xact_lock(hashtextextended('jiujinan/hospital/' || $1 || '/' || $2, 0))
