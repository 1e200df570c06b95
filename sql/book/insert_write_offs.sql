-- What was given up of recoveries.
-- $1 recovery_write_off[]
insert into recovery_write_off
select * from unnest($1::recovery_write_off[])
