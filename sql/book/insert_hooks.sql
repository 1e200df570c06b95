-- New hooks.
-- $1 hook[]
insert into hook
select * from unnest($1::hook[])
