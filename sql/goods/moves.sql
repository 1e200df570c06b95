-- What went in and out of a store, the last first; each has the stock after it. Only of stores in the caller's scope (row security).
-- $1 city text, $2 goods id uuid, $3 before version bigint, $4 limit bigint
select version, kind, change, stock, case_id, officer, at, reference
from goods_move
where city = $1 and goods_id = $2 and ($3::bigint is null or version < $3)
order by version desc
limit $4
