-- Locks the cases that a batch may change, and returns them: those named, those that wait in the queues of its funds, and those of
-- its incidents that miss papers. Funds and incidents are locked before, so that nothing joins a queue or an incident meanwhile.
-- $1 cities text[], $2 cases uuid[], $3 cities text[], $4 funds uuid[], $5 cities text[], $6 incidents uuid[]
select (
    select array_agg(found.row)
    from (
        select id, city from unnest($1::text[], $2::uuid[]) as named (city, id)
        union
        select waiting.id, waiting.city
        from unnest($3::text[], $4::uuid[]) as named (city, fund_id)
        cross join lateral (
            select queued.id, queued.city
            from aid_case as queued
            where queued.fund_id = named.fund_id and queued.queued > 0 and queued.city = named.city
            order by queued.queue_place
            limit 200
        ) as waiting
        union
        select unfinished.id, unfinished.city
        from unnest($5::text[], $6::uuid[]) as named (city, incident_id)
        cross join lateral (
            select lacking.id, lacking.city
            from aid_case as lacking
            where lacking.incident_id = named.incident_id and lacking.missing <> '{}' and lacking.city = named.city
            offset 0
        ) as unfinished
        order by id, city
    ) as wanted
    cross join lateral (
        select c as row
        from aid_case as c
        where c.id = wanted.id and c.city = wanted.city
        limit 1
        for no key update
    ) as found
) as cases
