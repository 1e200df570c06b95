-- The cities whose divisions are known.
select distinct left(code, 4) as city from division order by city
