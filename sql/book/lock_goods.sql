-- Locks goods that a batch hands out or counts, after everything else, and returns them.
-- $1 cities text[], $2 goods uuid[]
select (
    select array_agg(found.row)
    from unnest($1::text[], $2::uuid[]) as wanted (city, id)
    cross join lateral (
        select g as row
        from goods as g
        where g.id = wanted.id and g.city = wanted.city
        limit 1
        for no key update
    ) as found
) as goods
