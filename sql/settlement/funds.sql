-- The emergency-treatment fund and the relief fund that cover a hospital: of each kind the one of the smallest area, then the oldest.
-- $1 city text, $2 division of the hospital text
select distinct on (kind) kind, id
from fund
where city = $1 and starts_with($2, division) and kind in ('emergency_treatment', 'relief_fund') and status <> 'closed'
order by kind, length(division) desc, id
