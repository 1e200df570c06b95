-- One change of a city's publications at a time: a case is in one list only.
-- $1 city text
select pg_advisory_xact_lock(hashtextextended('jiujinan/publicity/' || $1, 0))
