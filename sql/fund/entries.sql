-- Entries of a fund within a time span, in their order, with the totals after each.
-- $1 city text, $2 fund uuid, $3 from, $4 before timestamptz, $5 limit bigint
select version, ordinal, at, debit, credit, amount, credited, held, paid, case_id, payment_id, source, reference, value_date
from entry
where city = $1 and fund_id = $2 and at >= $3 and at < $4
order by version, ordinal
limit $5
