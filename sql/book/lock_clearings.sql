-- Locks the clearings that a batch may change, after their settlements, and returns them.
-- $1 cities text[], $2 clearings uuid[]
select (
    select array_agg(found.row)
    from unnest($1::text[], $2::uuid[]) as wanted (city, id)
    cross join lateral (
        select c as row
        from clearing as c
        where c.id = wanted.id and c.city = wanted.city
        limit 1
        for no key update
    ) as found
) as clearings
