-- Goods as they are now: new ones, and the stock of those locked before.
-- $1 goods[]
insert into goods
select * from unnest($1::goods[])
on conflict (id, city) do update set stock = excluded.stock, version = excluded.version
