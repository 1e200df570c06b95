-- Payments through a bank that no instruction was made for yet, in every city, the oldest first.
-- $1 most integer
select city, case_id, payment_id
from unsent_payments($1)
