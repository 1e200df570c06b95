-- Countersigns used up.
-- $1 countersign_use[]
insert into countersign_use
select * from unnest($1::countersign_use[])
