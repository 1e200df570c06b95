-- Messages of hospitals: settled, or reversed before they came. Two at once collide.
-- $1 settlement_message[]
insert into settlement_message
select * from unnest($1::settlement_message[])
