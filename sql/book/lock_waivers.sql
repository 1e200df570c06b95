-- Locks promises, after everything else, and returns them: those named, the open ones of people who are to be admitted, and those of
-- the visits they are admitted for.
-- $1 cities text[], $2 waivers uuid[], $3 cities text[], $4 persons uuid[], $5 hospitals text[], $6 visits text[]
select (
    select array_agg(found.row)
    from (
        select id, city from unnest($1::text[], $2::uuid[]) as named (city, id)
        union
        select open.id, open.city
        from unnest($3::text[], $4::uuid[]) as admitted (city, person)
        cross join lateral (
            select w.id, w.city
            from waiver as w
            where w.person = admitted.person and w.city = admitted.city and w.state = 'open'
            limit 1
        ) as open
        union
        select earlier.id, earlier.city
        from unnest($3::text[], $5::text[], $6::text[]) as admitted (city, hospital, visit_no)
        cross join lateral (
            select w.id, w.city
            from waiver as w
            where w.hospital = admitted.hospital and w.visit_no = admitted.visit_no and w.city = admitted.city
            limit 1
        ) as earlier
        order by id, city
    ) as wanted
    cross join lateral (
        select w as row
        from waiver as w
        where w.id = wanted.id and w.city = wanted.city
        limit 1
        for no key update
    ) as found
) as waivers
