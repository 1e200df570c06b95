-- What was paid back of a recovery's over-payment, the oldest first.
-- $1 city text, $2 recovery uuid, $3 limit bigint
select id, amount, reference, officer, countersigned_by, at
from recovery_refund
where city = $1 and recovery_id = $2
order by id
limit $3
