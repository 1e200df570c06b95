-- Movements of a fund that no line is yet, and those of certain amounts whether one is or not; if the fund lies in the caller's scope
-- (row security).
-- $1 city text, $2 fund uuid, $3 amounts bigint[], above zero
select
    moved.version, moved.ordinal, moved.day, moved.value_date, moved.kind, moved.amount, moved.case_id, moved.payment_id, moved.names,
    made.line is not null as is_matched
from fund
cross join lateral bank_movements(fund.city, fund.id) as moved
left join statement_match as made
    on made.fund_id = fund.id and made.version = moved.version and made.ordinal = moved.ordinal and made.city = fund.city
where fund.city = $1 and fund.id = $2 and (made.line is null or abs(moved.amount) = any ($3))
order by moved.version, moved.ordinal
