-- The totals of a fund after its last entry before a moment.
-- $1 city text, $2 fund uuid, $3 before timestamptz
select credited, held, paid
from entry
where city = $1 and fund_id = $2 and at < $3
order by version desc, ordinal desc
limit 1
