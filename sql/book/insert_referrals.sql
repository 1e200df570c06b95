-- Households passed on.
-- $1 referral[]
insert into referral
select * from unnest($1::referral[])
