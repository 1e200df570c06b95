-- Who stands on the roster, for a promise: the database's own word, whatever a server has in its memory; and the newest version.
-- $1 cities text[], $2 persons uuid[]
select
    (
        select array_agg(found.row)
        from unnest($1::text[], $2::uuid[]) as wanted (city, person)
        cross join lateral (
            select m as row
            from roster_member as m
            where m.person = wanted.person and m.city = wanted.city and m.until_version is null
            limit 1
        ) as found
    ) as members,
    (select array_agg(city order by city) from (select distinct city from unnest($1::text[]) as named (city)) as cities) as cities,
    (
        select array_agg(newest.version order by cities.city)
        from (select distinct city from unnest($1::text[]) as named (city)) as cities
        cross join lateral (
            select coalesce(max(roster_version.version), 0) as version from roster_version where roster_version.city = cities.city
        ) as newest
    ) as versions
