-- Takes instructions that are due, for one server alone and not for ever: should it die, another takes them when the lease is over.
-- $1 most bigint, $2 lease in seconds double precision
with due as (
    select payment_id, city
    from instruction
    where state in ('dispatched', 'unknown')
        and next_at <= clock_timestamp()
        and (lease_until is null or lease_until < clock_timestamp())
    order by next_at
    limit $1
    for update skip locked
)
update instruction
set lease_until = clock_timestamp() + make_interval(secs => $2), sent = sent + 1
from due
where instruction.payment_id = due.payment_id and instruction.city = due.city
returning instruction.city, instruction.payment_id, instruction.case_id, instruction.bytes, instruction.sent, instruction.state,
    clock_timestamp() - instruction.made_at > make_interval(hours => 24) as old
