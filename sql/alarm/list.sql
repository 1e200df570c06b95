-- Alarms of the caller's scope (row security), the newest first; those of sealed cases only for who may know of them.
-- $1 city text, $2 sees sealed boolean, $3 at timestamptz, $4 about uuid, $5 kind alarm_kind, $6 mark bigint of the last row seen,
-- $7 limit bigint
select about, kind, mark, division, amount, at
from alarm
where city = $1
    and ($2 or kind <> 'sealed_read')
    and ($3::timestamptz is null or (at, about, kind, mark) < ($3, $4, $5, $6))
order by at desc, about desc, kind desc, mark desc
limit $7
