-- Divisions in use.
select code, name from division where valid_to is null or valid_to >= (now() at time zone 'Asia/Shanghai')::date
