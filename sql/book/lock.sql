-- Locks what a batch may change, and returns it: people, officers, funds (those named, and the streets' own), incidents, counters.
-- The lists are made in the order of the columns, each sorted, so that every server takes its locks in one order. A lock returns the
-- newest row, whatever this statement's snapshot shows; what is not there yet cannot be locked and collides when it is inserted.
-- Each key looks its own row up (lateral, limit): a join would be planned by the size that a table has when the plan is made, and scan it
-- whole ever after.
-- $1 cities text[], $2 persons uuid[], $3 cities text[], $4 officers text[], $5 cities text[], $6 funds uuid[], $7 cities text[],
-- $8 divisions with a reserve text[], $9 cities text[], $10 incidents uuid[], $11 cities text[], $12 streets text[]
with
    persons as (
        select found.row
        from unnest($1::text[], $2::uuid[]) as wanted (city, id)
        cross join lateral (
            select p as row
            from person as p
            where p.person = wanted.id and p.city = wanted.city
            limit 1
            for no key update
        ) as found
    ),
    officers as (
        select found.row
        from unnest($3::text[], $4::text[]) as wanted (city, id)
        cross join lateral (
            select o as row
            from officer as o
            where o.officer = wanted.id and o.city = wanted.city
            limit 1
            for no key update
        ) as found
    ),
    funds as (
        select found.row
        from (
            select id, city from unnest($5::text[], $6::uuid[]) as named (city, id)
            union
            select reserve.id, reserve.city
            from unnest($7::text[], $8::text[]) as named (city, division)
            cross join lateral (
                select r.id, r.city
                from fund as r
                where r.city = named.city
                    and r.division = named.division collate "C"
                    and r.kind = 'street_reserve'
                    and r.status <> 'closed'
                limit 1
            ) as reserve
            order by id, city
        ) as wanted
        cross join lateral (
            select f as row
            from fund as f
            where f.id = wanted.id and f.city = wanted.city
            limit 1
            for no key update
        ) as found
    ),
    incidents as (
        select found.row
        from unnest($9::text[], $10::uuid[]) as wanted (city, id)
        cross join lateral (
            select i as row
            from incident as i
            where i.id = wanted.id and i.city = wanted.city
            limit 1
            for no key update
        ) as found
    ),
    counters as (
        select found.row
        from unnest($11::text[], $12::text[]) as wanted (city, id)
        cross join lateral (
            select c as row
            from case_counter as c
            where c.street = wanted.id collate "C" and c.city = wanted.city
            limit 1
            for no key update
        ) as found
    )
select
    (select array_agg(row) from persons) as persons,
    (select array_agg(row) from officers) as officers,
    (select array_agg(row) from funds) as funds,
    (select array_agg(row) from incidents) as incidents,
    (select array_agg(row) from counters) as counters
