-- Countersigns that were used before.
-- $1 cities text[], $2 tokens uuid[]
select city, token
from countersign_use
where (city, token) in (select * from unnest($1::text[], $2::uuid[]))
