-- Takes deliveries that are due, for one server alone and not for ever: a few of each hook that this server is not busy with, so that
-- one silent receiver does not keep the others waiting, and of each subject only the oldest. No lock is left when it returns.
-- $1 busy hooks uuid[], $2 most of a hook bigint, $3 most bigint, $4 lease in seconds double precision
with due as (
    select waiting.id, waiting.city
    from hook
    cross join lateral (
        select next.id, next.city
        from hook_delivery as next
        where next.hook_id = hook.id and next.city = hook.city and next.state = 'pending'
            and next.next_at <= clock_timestamp()
            and (next.lease_until is null or next.lease_until < clock_timestamp())
            and not exists (
                select from hook_delivery as earlier
                where earlier.hook_id = next.hook_id and earlier.city = next.city and earlier.subject = next.subject
                    and earlier.state = 'pending' and earlier.place < next.place
            )
        order by next.next_at
        limit $2
        for no key update skip locked
    ) as waiting
    where hook.state = 'active' and hook.id <> all ($1::uuid[])
    limit $3
)
update hook_delivery as taken
set lease = taken.lease + 1, attempts = taken.attempts + 1,
    lease_until = clock_timestamp() + make_interval(secs => $4),
    retry_until = coalesce(taken.retry_until, clock_timestamp() + interval '24 hours')
from due, hook
where taken.id = due.id and taken.city = due.city and hook.id = taken.hook_id and hook.city = taken.city
returning taken.city, taken.id, taken.hook_id, taken.body, taken.lease, taken.attempts, hook.url, hook.rotation,
    coalesce(hook.previous_until > clock_timestamp(), false) as overlaps, clock_timestamp() as now
