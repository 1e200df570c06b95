-- Locks what a batch may change, and returns it: people, officers, funds (those named, and the streets' own), incidents, counters.
-- The lists are made in the order of the columns, each sorted, so that every server takes its locks in one order. A lock returns the
-- newest row, whatever this statement's snapshot shows; what is not there yet cannot be locked and collides when it is inserted.
-- $1 cities text[], $2 persons uuid[], $3 cities text[], $4 officers text[], $5 cities text[], $6 funds uuid[], $7 cities text[],
-- $8 divisions with a reserve text[], $9 cities text[], $10 incidents uuid[], $11 cities text[], $12 streets text[]
with
    persons as (
        select p as row
        from person as p
        where (p.person, p.city) in (select id, city from unnest($1::text[], $2::uuid[]) as wanted (city, id))
        order by p.person, p.city
        for no key update
    ),
    officers as (
        select o as row
        from officer as o
        where (o.officer, o.city) in (select id, city from unnest($3::text[], $4::text[]) as wanted (city, id))
        order by o.officer collate "C", o.city
        for no key update
    ),
    funds as (
        select f as row
        from fund as f
        where (f.id, f.city) in (
            select id, city from unnest($5::text[], $6::uuid[]) as wanted (city, id)
            union
            select reserve.id, reserve.city
            from unnest($7::text[], $8::text[]) as wanted (city, division)
            join fund as reserve on reserve.city = wanted.city and reserve.division = wanted.division
            where reserve.kind = 'street_reserve' and reserve.status <> 'closed'
        )
        order by f.id, f.city
        for no key update
    ),
    incidents as (
        select i as row
        from incident as i
        where (i.id, i.city) in (select id, city from unnest($9::text[], $10::uuid[]) as wanted (city, id))
        order by i.id, i.city
        for no key update
    ),
    counters as (
        select c as row
        from case_counter as c
        where (c.street, c.city) in (select id, city from unnest($11::text[], $12::text[]) as wanted (city, id))
        order by c.street, c.city
        for no key update
    )
select
    (select array_agg(row) from persons) as persons,
    (select array_agg(row) from officers) as officers,
    (select array_agg(row) from funds) as funds,
    (select array_agg(row) from incidents) as incidents,
    (select array_agg(row) from counters) as counters
