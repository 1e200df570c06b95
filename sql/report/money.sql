-- What was paid to cases, came back and was recovered in time spans, and how long after their acceptance those waited whose first
-- payment it was: in total and by division, fund that paid, lane and cause. Sealed cases as in cases.sql. Median and 95th percentile are
-- times that somebody waited (percentile_disc), in whole seconds. Served by entry_by_time.
-- $1 city text, $2 division text, $3 begins timestamptz[], $4 ends timestamptz[], $5 sealed cases a unit has at least bigint
with
    span as (
        select place, begins, ends
        from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as asked (begins, ends, place)
    ),
    unit as (
        select left(street, 6) as county, date_trunc('month', accepted_at at time zone 'Asia/Shanghai') as month
        from aid_case
        where city = $1 and sealed and division >= $2 and division < $2 || ':'
        group by 1, 2
        having count(*) >= $5
    ),
    moved as materialized (
        select
            span.place, span.begins, movement.case_id, movement.fund_id, movement.at, movement.debit, movement.credit, movement.amount,
            movement.recovered, c.street, c.lane, c.cause, c.sealed, c.accepted_at
        from case_movements($1, $2, (select min(begins) from span), (select max(ends) from span)) as movement
        join span on movement.at >= span.begins and movement.at < span.ends
        join aid_case as c on c.city = $1 and c.id = movement.case_id
        where not c.sealed
            or (left(c.street, 6), date_trunc('month', c.accepted_at at time zone 'Asia/Shanghai')) in (select county, month from unit)
    ),
    -- Cases accepted before a span may have been paid before it, too.
    paid_before as materialized (
        select distinct on (case_id) case_id, at
        from case_movements(
            $1, $2, (select min(accepted_at) from moved where accepted_at < begins), (select max(begins) from span)
        ) as earlier
        where credit = 'paid'
        order by case_id, at
    ),
    first as (
        select distinct on (moved.place, moved.case_id)
            moved.place, moved.case_id, moved.fund_id, moved.street, moved.lane, moved.cause, moved.sealed,
            floor(extract(epoch from moved.at - moved.accepted_at))::bigint as seconds
        from moved
        left join paid_before on paid_before.case_id = moved.case_id
        where moved.credit = 'paid' and (paid_before.at is null or paid_before.at >= moved.begins)
        order by moved.place, moved.case_id, moved.at
    ),
    facts as (
        select
            place, fund_id, street, lane, cause, sealed,
            case when credit = 'paid' then amount else 0 end as paid,
            case when debit = 'paid' and not recovered then amount else 0 end as returned,
            case when debit = 'paid' and recovered then amount else 0 end as recovered,
            null::bigint as seconds
        from moved
        union all
        select place, fund_id, street, lane, cause, sealed, 0, 0, 0, seconds
        from first
    )
select
    place, section, key,
    sum(paid)::bigint as paid, sum(returned)::bigint as returned, sum(recovered)::bigint as recovered,
    count(seconds) as first_payments,
    percentile_disc(0.5) within group (order by seconds) as median_s,
    percentile_disc(0.95) within group (order by seconds) as p95_s
from facts
cross join lateral (
    values ('total', ''), ('division', street), ('fund', fund_id::text), ('lane', lane::text), ('cause', cause::text)
) as cell (section, key)
where cell.section = 'total' or not sealed
group by place, section, key
order by place, section, key
