-- What becomes of promises locked before.
-- $1 waiver[]
update waiver
set state = new.state, closed_as = new.closed_as, closed_at = new.closed_at, left_at = new.left_at, version = new.version
from unnest($1::waiver[]) as new
where waiver.id = new.id and waiver.city = new.city
