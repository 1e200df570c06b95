-- Where a payment is that a bank speaks of, in whichever city.
-- $1 payment uuid
select city, case_id
from instruction_at($1)
