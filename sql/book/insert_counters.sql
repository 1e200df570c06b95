-- The first case of a street.
-- $1 cities text[], $2 streets text[], $3 days date[], $4 last integer[]
insert into case_counter (city, street, day, last)
select * from unnest($1::text[], $2::text[], $3::date[], $4::integer[])
