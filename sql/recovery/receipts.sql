-- What came in for a recovery, the oldest first.
-- $1 city text, $2 recovery uuid, $3 limit bigint
select id, amount, principal, fine, overpaid, to_fund, to_treasury, reference, received_on, at
from recovery_receipt
where city = $1 and recovery_id = $2
order by id
limit $3
