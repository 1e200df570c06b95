-- A publication is taken down before its day.
-- $1 city text, $2 publication uuid, $3 when timestamptz, $4 who text, $5 why bytea
insert into publication_take_down (city, publication_id, at, officer, reason)
values ($1, $2, $3, $4, $5)
