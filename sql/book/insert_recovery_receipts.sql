-- Money that came in for recoveries. A bank reference counts once: two at once collide, and the second is told.
-- $1 recovery_receipt[]
insert into recovery_receipt
select * from unnest($1::recovery_receipt[])
