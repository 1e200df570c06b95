-- Whether a database is there.
-- $1 name name
select datname from pg_database where datname = $1
