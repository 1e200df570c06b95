-- Cash drawn from the bank, or paid in.
-- $1 cash_transfer[]
insert into cash_transfer
select * from unnest($1::cash_transfer[])
