-- Open promises whose person has left the roster and of whom nobody was told yet, over all cities.
-- $1 most integer
select city, waiver_id from left_waivers($1)
