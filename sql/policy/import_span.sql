-- The years that an import covers.
-- $1 from date, $2 until date
insert into calendar_span (known_from, known_until)
values ($1, $2)
on conflict (known_from) do update set known_until = greatest(calendar_span.known_until, excluded.known_until)
