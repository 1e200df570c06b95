-- Shifts of a scope, the newest first. Each filter that is null lets everything through.
-- $1 city text, $2 division text, $3 open boolean, $4 after id uuid, $5 limit bigint
select s as row
from custody_shift as s
where s.city = $1
    and s.street >= left($2, 9) and s.street < left($2, 9) || ':'
    and ($3::boolean is null or (s.closed_at is null) = $3)
    and ($4::uuid is null or s.id < $4)
order by s.id desc
limit $5
