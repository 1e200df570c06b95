-- The open holds of locked cases, and how many cases with overdue papers an officer has. A statement of its own, because its snapshot
-- must be younger than the locks.
-- $1 cities text[], $2 cases uuid[], $3 cities text[], $4 funds with a queue uuid[], $5 cities text[], $6 officers text[]
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
    (select coalesce(array_agg(cases), '{}') from overdue) as overdue_counts
