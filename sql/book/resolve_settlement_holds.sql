-- Holds of settlements resolved. Each counts how often that happened, and its constraint lets it happen once.
-- $1 cities text[], $2 holds uuid[], $3 states hold_state[], $4 now timestamptz
update settlement_hold
set state = ended.state, resolved_at = $4, resolutions = resolutions + 1
from unnest($1::text[], $2::uuid[], $3::hold_state[]) as ended (city, id, state)
where settlement_hold.id = ended.id and settlement_hold.city = ended.city
