-- What came of an attempt; only for the server that still holds the lease it was made under. The last attempt is a day after the
-- first; what is not taken then is dead.
-- $1 city text, $2 delivery uuid, $3 lease integer, $4 status smallint or null, $5 state delivery_state, $6 wait in seconds double
-- precision, for what is still pending
with now as (
    select clock_timestamp() as at
)
update hook_delivery
set state = ended.state, last_status = $4, lease_until = null,
    next_at = case ended.state when 'pending' then least(now.at + make_interval(secs => $6), retry_until) else next_at end,
    ended_at = case ended.state when 'pending' then null else now.at end
from now
cross join lateral (
    select case when $5::delivery_state = 'pending' and now.at >= (
        select last.retry_until from hook_delivery as last where last.id = $2 and last.city = $1
    ) then 'dead'::delivery_state else $5::delivery_state end as state
) as ended
where hook_delivery.id = $2 and hook_delivery.city = $1 and hook_delivery.lease = $3 and hook_delivery.state = 'pending'
returning hook_delivery.state
