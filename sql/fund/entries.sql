-- Entries of a fund within a time span, in their order, with the totals after each.
-- $1 city text, $2 fund uuid, $3 from, $4 before timestamptz, $5 limit bigint, $6 sees sealed boolean
select
    version, ordinal, at, debit, credit, amount, credited, held, paid,
    case when shown.case_id is null or $6 then entry.case_id end as case_id,
    case when shown.case_id is null or $6 then entry.payment_id end as payment_id,
    source, reference, value_date
from entry
left join lateral (
    select sealed_case.id as case_id
    from aid_case as sealed_case
    where sealed_case.id = entry.case_id and sealed_case.city = entry.city and sealed_case.sealed
    limit 1
) as shown on true
where city = $1 and fund_id = $2 and at >= $3 and at < $4
order by version, ordinal
limit $5
