-- People helped for the first time. Plain insert: two at once must collide, not merge.
-- $1 cities text[], $2 persons uuid[], $3 years smallint[], $4 granted bigint[]
insert into person (city, person, year, year_granted)
select * from unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[])
