-- Cases accepted in time spans, counted in total and by division, fund, lane, cause and code of refusal. A sealed case counts in no part
-- of the total, and in the total only with its unit: a county and month in which enough sealed cases were accepted. Served by
-- case_by_time and sealed_case_by_time.
-- $1 city text, $2 division text, $3 begins timestamptz[], $4 ends timestamptz[], $5 sealed cases a unit has at least bigint (null: no
-- sealed case counts), $6 a year before each end timestamptz[]
with
    span as (
        select place, begins, ends, year_begins
        from unnest($3::timestamptz[], $4::timestamptz[], $6::timestamptz[]) with ordinality as asked (begins, ends, year_begins, place)
    ),
    unit as (
        select left(street, 6) as county, date_trunc('month', accepted_at at time zone 'Asia/Shanghai') as month
        from aid_case
        where city = $1 and sealed and division >= $2 and division < $2 || ':'
        group by 1, 2
        having count(*) >= $5
    ),
    -- A year back, for aid that came again.
    known as materialized (
        select id, street, fund_id, lane, cause, state, code, granted, array_append(members, person) as people, sealed, accepted_at
        from aid_case
        where city = $1
            and division >= $2 and division < $2 || ':'
            and accepted_at >= (select min(year_begins) from span)
            and accepted_at < (select max(ends) from span)
            and (
                not sealed
                or (left(street, 6), date_trunc('month', accepted_at at time zone 'Asia/Shanghai')) in (select county, month from unit)
            )
    ),
    helped as (
        select span.place, known.id, known.sealed, known.accepted_at >= span.begins as in_span, person
        from span
        join known on known.accepted_at >= span.year_begins and known.accepted_at < span.ends and known.granted > 0
        cross join lateral (select distinct unnest(known.people) as person) as each
    ),
    again as (
        select place, person, count(*) as times, count(*) filter (where not sealed) as told_times
        from helped
        group by place, person
        having count(*) > 1
    ),
    counted as (
        select span.place, cell.section, cell.key, known.id, known.state, known.granted, known.people
        from span
        join known on known.accepted_at >= span.begins and known.accepted_at < span.ends
        cross join lateral (
            values
                ('total', ''), ('division', known.street), ('fund', known.fund_id::text), ('lane', known.lane::text),
                ('cause', known.cause::text), ('refusal', case when known.state = 'refused' then known.code end)
        ) as cell (section, key)
        where cell.key is not null and (cell.section = 'total' or not known.sealed)
    ),
    persons as (
        select
            counted.place, counted.section, counted.key,
            count(distinct helped.person) as persons,
            count(distinct helped.person)
                filter (where case when counted.section = 'total' then again.times else again.told_times end > 1) as repeated
        from counted
        join helped on helped.place = counted.place and helped.id = counted.id and helped.in_span
        left join again on again.place = helped.place and again.person = helped.person
        group by counted.place, counted.section, counted.key
    ),
    cells as (
        select
            place, section, key,
            count(*) as cases,
            count(*) filter (where state = 'refused') as refused,
            count(*) filter (where state = 'declined') as declined,
            count(distinct (select array_agg(distinct person order by person) from unnest(people) as person))
                filter (where granted > 0) as households,
            sum(granted)::bigint as granted
        from counted
        group by place, section, key
    )
select
    cells.place, cells.section, cells.key, cells.cases, cells.refused, cells.declined, cells.households, cells.granted,
    coalesce(persons.persons, 0) as persons, coalesce(persons.repeated, 0) as repeated
from cells
left join persons on persons.place = cells.place and persons.section = cells.section and persons.key = cells.key
order by cells.place, cells.section, cells.key
