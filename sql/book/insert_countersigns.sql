-- Countersigns used up.
-- $1 cities text[], $2 tokens uuid[], $3 at timestamptz
insert into countersign_use (city, token, used_at)
select city, token, $3 from unnest($1::text[], $2::uuid[]) as new (city, token)
