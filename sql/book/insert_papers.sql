-- Papers that came. Each kind comes once to a case: two at once collide, and the second is told.
-- $1 paper[]
insert into paper
select * from unnest($1::paper[])
