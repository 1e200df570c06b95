-- The announced years.
select min(known_from) as known_from, max(known_until) as known_until from calendar_span
