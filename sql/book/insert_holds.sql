-- Money set aside.
-- $1 hold[]
insert into hold
select * from unnest($1::hold[])
