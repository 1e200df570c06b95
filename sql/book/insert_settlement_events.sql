-- What was said of settlements.
-- $1 settlement_event[]
insert into settlement_event
select * from unnest($1::settlement_event[])
