-- Locks hooks that a batch changes, after everything else, and returns them.
-- $1 cities text[], $2 hooks uuid[]
select (
    select array_agg(found.row)
    from unnest($1::text[], $2::uuid[]) as wanted (city, id)
    cross join lateral (
        select h as row
        from hook as h
        where h.id = wanted.id and h.city = wanted.city
        limit 1
        for no key update
    ) as found
) as hooks
