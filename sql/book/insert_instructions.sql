-- Instructions to a bank, before they are sent.
-- $1 instruction[]
insert into instruction
select * from unnest($1::instruction[])
