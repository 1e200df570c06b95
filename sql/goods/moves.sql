-- What went in and out of a store, the last first; each has the stock after it. Only of stores in the caller's scope (row security).
-- A case that is kept from view is named to auditors only.
-- $1 city text, $2 goods id uuid, $3 before version bigint, $4 limit bigint, $5 sees sealed boolean
select
    version, kind, change, stock,
    case
        when $5 or not exists (
            select from aid_case as helped where helped.id = goods_move.case_id and helped.city = goods_move.city and helped.sealed
        ) then case_id
    end as case_id,
    officer, at, reference
from goods_move
where city = $1 and goods_id = $2 and ($3::bigint is null or version < $3)
order by version desc
limit $4
