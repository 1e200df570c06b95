-- What was agreed with a hospital last.
-- $1 city text, $2 code text
select version, name, division, effective_from, registration, consultation, examination, drugs, bed, deposits, registered_at
from hospital
where city = $1 and code = $2
order by version desc
limit 1
