-- Entries: one transfer a row, with the fund's totals after it.
-- $1 cities text[], $2 funds uuid[], $3 versions bigint[], $4 ordinals smallint[], $5 debits account[], $6 credits account[],
-- $7 amounts, $8 credited, $9 held, $10 paid bigint[], $11 cases uuid[], $12 payments uuid[], $13 sources topup_source[],
-- $14 references text[], $15 value dates date[], $16 at timestamptz
insert into entry (
    city, fund_id, version, ordinal, debit, credit, amount, credited, held, paid, case_id, payment_id, source, reference,
    value_date, at
)
select *, $16
from unnest(
    $1::text[], $2::uuid[], $3::bigint[], $4::smallint[], $5::account[], $6::account[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::uuid[], $12::uuid[], $13::topup_source[], $14::text[], $15::date[]
)
