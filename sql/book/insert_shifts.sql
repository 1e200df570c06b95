-- Shifts opened. Two of one box at once collide, and so do two of one custodian.
-- $1 custody_shift[]
insert into custody_shift
select * from unnest($1::custody_shift[])
