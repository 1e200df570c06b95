-- Officers who grant for the first time.
-- $1 officer[]
insert into officer
select * from unnest($1::officer[])
