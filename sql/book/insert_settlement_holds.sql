-- Money set aside for settlements.
-- $1 settlement_hold[]
insert into settlement_hold
select * from unnest($1::settlement_hold[])
