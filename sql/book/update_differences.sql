-- Differences resolved, once: the fund is locked. What was found stays.
-- $1 cash_difference[]
update cash_difference
set outcome = new.outcome, resolved_by = new.resolved_by, countersigned_by = new.countersigned_by,
    resolved_at = new.resolved_at, note = new.note
from unnest($1::cash_difference[]) as new
where cash_difference.id = new.id and cash_difference.city = new.city
