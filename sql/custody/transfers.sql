-- Cash drawn and paid in during a shift that lies in the caller's scope (row security), in order.
-- $1 city text, $2 shift uuid
select id, direction, amount, reference, value_date, at
from cash_transfer
where city = $1 and shift_id = $2
order by fund_version
