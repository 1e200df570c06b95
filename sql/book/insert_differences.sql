-- Counts that differ from what a box should hold.
-- $1 cash_difference[]
insert into cash_difference
select * from unnest($1::cash_difference[])
