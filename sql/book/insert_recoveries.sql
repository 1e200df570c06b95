-- Recoveries imposed.
-- $1 recovery[]
insert into recovery
select * from unnest($1::recovery[])
