-- Shifts whose fund is locked, as they are now. What they were opened with stays.
-- $1 custody_shift[]
update custody_shift
set drawn = new.drawn, paid_in = new.paid_in, put_back = new.put_back, put_back_after = new.put_back_after,
    closed_at = new.closed_at, closed_version = new.closed_version, closed_by = new.closed_by, paid = new.paid,
    closing = new.closing, note = new.note
from unnest($1::custody_shift[]) as new
where custody_shift.id = new.id and custody_shift.city = new.city
