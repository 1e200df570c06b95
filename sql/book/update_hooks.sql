-- Hooks locked before, as they are now. What waits for a hook that has ended is dead.
-- $1 hook[]
with changed as (
    update hook
    set state = new.state, rotation = new.rotation, previous_until = new.previous_until, version = new.version,
        ended_at = new.ended_at
    from unnest($1::hook[]) as new
    where hook.id = new.id and hook.city = new.city
    returning hook.id, hook.city, hook.state
)
update hook_delivery
set state = 'dead', ended_at = clock_timestamp(), lease_until = null
from changed
where changed.state <> 'active' and hook_delivery.hook_id = changed.id and hook_delivery.city = changed.city
    and hook_delivery.state = 'pending'
