-- Officers who grant for the first time.
-- $1 cities text[], $2 officers text[], $3 days date[], $4 granted bigint[]
insert into officer (city, officer, day, day_granted)
select * from unnest($1::text[], $2::text[], $3::date[], $4::bigint[])
