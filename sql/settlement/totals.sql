-- What stands of a hospital's day, by payer: how many settlements it bears something of, and how much.
-- $1 city text, $2 hospital text, $3 day date
select (part ->> 'payer')::payer as payer, count(*) as count, sum((part ->> 'amount')::bigint)::bigint as amount
from settlement
cross join lateral jsonb_array_elements(parts::jsonb) as part
where city = $1 and hospital = $2 and settled_on = $3 and state = 'settled' and (part ->> 'amount')::bigint > 0
group by part ->> 'payer'
order by 1
