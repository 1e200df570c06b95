-- Promises. Two at once for one person or one visit collide.
-- $1 waiver[]
insert into waiver
select * from unnest($1::waiver[])
