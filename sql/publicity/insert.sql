-- A publication.
-- $1 city text, $2 id uuid, $3 division text, $4 first date, $5 last date, $6 cases integer, $7 when timestamptz, $8 who text,
-- $9 take down on date
insert into publication (city, id, division, granted_from, granted_to, cases, published_at, published_by, take_down_on)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
