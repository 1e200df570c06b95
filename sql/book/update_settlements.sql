-- Settlements locked before, as they are now.
-- $1 settlement[]
update settlement
set parts = new.parts, state = new.state, version = new.version
from unnest($1::settlement[]) as new
where settlement.id = new.id and settlement.city = new.city
