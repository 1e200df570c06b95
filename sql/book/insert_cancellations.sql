-- Recoveries that were imposed in error, and taken back.
-- $1 recovery_cancellation[]
insert into recovery_cancellation
select * from unnest($1::recovery_cancellation[])
