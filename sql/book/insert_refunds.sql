-- What was paid back of over-payments.
-- $1 recovery_refund[]
insert into recovery_refund
select * from unnest($1::recovery_refund[])
