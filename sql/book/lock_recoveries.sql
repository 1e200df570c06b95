-- Locks the recoveries that a batch may change, and returns them: those named, and those of its cases. Cases are locked before, so
-- that no other recovery of them is imposed meanwhile.
-- $1 cities text[], $2 recoveries uuid[], $3 cities text[], $4 cases uuid[]
select (
    select array_agg(found.row)
    from (
        select id, city from unnest($1::text[], $2::uuid[]) as named (city, id)
        union
        select imposed.id, imposed.city
        from unnest($3::text[], $4::uuid[]) as named (city, case_id)
        cross join lateral (
            select other.id, other.city
            from recovery as other
            where other.case_id = named.case_id and other.city = named.city
            offset 0
        ) as imposed
        order by id, city
    ) as wanted
    cross join lateral (
        select r as row
        from recovery as r
        where r.id = wanted.id and r.city = wanted.city
        limit 1
        for no key update
    ) as found
) as recoveries
