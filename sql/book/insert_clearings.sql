-- What funds paid hospitals.
-- $1 clearing[]
insert into clearing
select * from unnest($1::clearing[])
