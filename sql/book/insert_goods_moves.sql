-- What went in and out of stores.
-- $1 goods_move[]
insert into goods_move
select * from unnest($1::goods_move[])
