-- Entries of a fund within a time span, in their order, with the totals after each.
-- $1 city text, $2 fund uuid, $3 from, $4 before timestamptz, $5 limit bigint, $6 sees sealed boolean
select
    version, ordinal, at, debit, credit, amount, credited, held, paid,
    case when shown.case_id is null or $6 then entry.case_id end as case_id,
    case when shown.case_id is null or $6 then entry.payment_id end as payment_id,
    source, reference, value_date,
    case when shown.case_id is null or $6 then entry.recovery_id end as recovery_id, settlement_id
from entry
left join lateral (
    select sealed_case.id as case_id
    from aid_case as sealed_case
    where sealed_case.city = entry.city and sealed_case.sealed
        -- What is credited in kind names its payment only; the payment, under the same version, names the case.
        and sealed_case.id = coalesce(
            entry.case_id,
            (
                select paid.case_id
                from entry as paid
                where paid.fund_id = entry.fund_id and paid.version = entry.version and paid.city = entry.city
                    and paid.payment_id = entry.payment_id and paid.case_id is not null
                limit 1
            )
        )
    limit 1
) as shown on true
where city = $1 and fund_id = $2 and at >= $3 and at < $4
order by version, ordinal
limit $5
