-- Funds of a division in the caller's scope with their totals before and at the end of time spans. Every entry counts, also those of
-- sealed cases: a fund's sums name nobody. Served by the primary key of entry, from the last entry back.
-- $1 city text, $2 division text, $3 begins timestamptz[], $4 ends timestamptz[]
select
    span.place, fund.id, fund.division, fund.kind, fund.name,
    coalesce(opening.credited, 0) as credited_before, coalesce(opening.paid, 0) as paid_before,
    coalesce(closing.credited, 0) as credited, coalesce(closing.held, 0) as held, coalesce(closing.paid, 0) as paid
from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as span (begins, ends, place)
join fund on fund.city = $1 and fund.division >= $2 and fund.division < $2 || ':' and fund.opened_at < span.ends
left join lateral (
    select credited, paid
    from entry
    where entry.city = fund.city and entry.fund_id = fund.id and entry.at < span.begins
    order by version desc, ordinal desc
    limit 1
) as opening on true
left join lateral (
    select credited, held, paid
    from entry
    where entry.city = fund.city and entry.fund_id = fund.id and entry.at < span.ends
    order by version desc, ordinal desc
    limit 1
) as closing on true
order by span.place, fund.division, fund.id
