-- Locks the deliveries of a hook that are to be sent again, the oldest first: those that ended, made in a range of time.
-- $1 city text, $2 hook uuid, $3 from timestamptz, $4 to timestamptz, $5 state delivery_state or null for both ends, $6 limit bigint
select id
from hook_delivery
where city = $1 and hook_id = $2 and made_at >= $3 and made_at < $4
    and state <> 'pending' and ($5::delivery_state is null or state = $5)
order by made_at, id
limit $6
for no key update
