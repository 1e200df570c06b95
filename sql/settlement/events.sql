-- What was said of a settlement, the oldest first.
-- $1 city text, $2 settlement uuid, $3 limit bigint
select version, kind, payer, status, amount, reference, officer, at
from settlement_event
where city = $1 and settlement_id = $2
order by version
limit $3
