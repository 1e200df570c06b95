-- Which clearing is to pay what funds hold for settlements; null: none any more.
-- $1 cities text[], $2 holds uuid[], $3 clearings uuid[]
update settlement_hold
set clearing_id = tied.clearing_id
from unnest($1::text[], $2::uuid[], $3::uuid[]) as tied (city, id, clearing_id)
where settlement_hold.id = tied.id and settlement_hold.city = tied.city and settlement_hold.state = 'held'
