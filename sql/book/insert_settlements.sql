-- Bills that were split.
-- $1 settlement[]
insert into settlement
select * from unnest($1::settlement[])
