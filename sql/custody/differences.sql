-- Differences of a scope, the newest first. Each filter that is null lets everything through.
-- $1 city text, $2 division text, $3 open boolean, $4 after id uuid, $5 limit bigint
select d as row
from cash_difference as d
where d.city = $1
    and d.street >= left($2, 9) and d.street < left($2, 9) || ':'
    and ($3::boolean is null or (d.outcome is null) = $3)
    and ($4::uuid is null or d.id < $4)
order by d.id desc
limit $5
