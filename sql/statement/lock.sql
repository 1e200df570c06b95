-- One import of a fund's statements at a time: pages follow each other, and the second sees what the first did.
-- $1 city text, $2 fund uuid
select pg_advisory_xact_lock(hashtextextended('jiujinan/statement/' || $1 || '/' || $2::uuid::text, 0))
