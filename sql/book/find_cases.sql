-- The open holds of locked cases, how many cases with overdue papers an officer has, and which incidents somebody was helped for. A statement of its own, because its snapshot
-- must be younger than the locks.
-- $1 cities text[], $2 cases uuid[], $3 cities text[], $4 funds with a queue uuid[], $5 cities text[], $6 officers text[],
-- $7 cities text[], $8 incidents uuid[]
with
    overdue as (
        select wanted.city, wanted.officer, late.cases
        from unnest($5::text[], $6::text[]) as wanted (city, officer)
        cross join lateral (
            select count(*) as cases
            from aid_case as lacking
            where lacking.handler = wanted.officer
                and lacking.completion_due < (clock_timestamp() at time zone 'Asia/Shanghai')::date
                and lacking.missing <> '{}'
                and lacking.state in ('approved', 'paying', 'paid')
                and lacking.city = wanted.city
        ) as late
    ),
    granted as (
        select wanted.city, wanted.incident_id
        from unnest($7::text[], $8::uuid[]) as wanted (city, incident_id)
        where exists (
                select from aid_case as helped
                where helped.incident_id = wanted.incident_id and helped.granted > 0 and helped.city = wanted.city
            )
    )
select
    (
        select array_agg(open.row)
        from (
            select id, city from unnest($1::text[], $2::uuid[]) as named (city, id)
            union
            select waiting.id, waiting.city
            from unnest($3::text[], $4::uuid[]) as named (city, fund_id)
            cross join lateral (
                select queued.id, queued.city
                from aid_case as queued
                where queued.fund_id = named.fund_id and queued.queued > 0 and queued.city = named.city
                offset 0
            ) as waiting
        ) as wanted
        cross join lateral (
            select h as row
            from hold as h
            where h.case_id = wanted.id and h.city = wanted.city and h.state = 'held'
            order by h.id
        ) as open
    ) as holds,
    (select coalesce(array_agg(city), '{}') from overdue) as overdue_cities,
    (select coalesce(array_agg(officer), '{}') from overdue) as overdue_officers,
    (select coalesce(array_agg(cases), '{}') from overdue) as overdue_counts,
    (select coalesce(array_agg(city), '{}') from granted) as granted_cities,
    (select coalesce(array_agg(incident_id), '{}') from granted) as granted_incidents
