-- What somebody must be told. An alarm is raised once: a batch played again brings nothing new.
-- $1 alarm[]
insert into alarm
select * from unnest($1::alarm[])
on conflict do nothing
