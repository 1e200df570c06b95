-- What a hook of the caller's scope (row security) was told, the newest first.
-- $1 city text, $2 hook uuid, $3 state delivery_state, $4 from timestamptz, $5 to timestamptz, $6 made_at timestamptz and
-- $7 id uuid of the last row seen, $8 limit bigint
select id, event, subject, state, attempts, made_at, next_at, last_status, ended_at
from hook_delivery
where city = $1 and hook_id = $2
    and ($3::delivery_state is null or state = $3)
    and ($4::timestamptz is null or made_at >= $4)
    and ($5::timestamptz is null or made_at < $5)
    and ($6::timestamptz is null or (made_at, id) < ($6, $7))
order by made_at desc, id desc
limit $8
