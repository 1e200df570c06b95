-- Locks the settlements that a batch may change, after everything else, and returns them.
-- $1 cities text[], $2 settlements uuid[]
select (
    select array_agg(found.row)
    from unnest($1::text[], $2::uuid[]) as wanted (city, id)
    cross join lateral (
        select s as row
        from settlement as s
        where s.id = wanted.id and s.city = wanted.city
        limit 1
        for no key update
    ) as found
) as settlements
