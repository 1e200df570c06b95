-- The first case of a street.
-- $1 case_counter[]
insert into case_counter
select * from unnest($1::case_counter[])
