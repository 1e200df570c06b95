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
        select
            id, street, fund_id, lane, cause, state, code, granted, sealed, accepted_at,
            array(select distinct unnest(array_append(members, person)) order by 1) as household
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
    -- Windows, not joins: a plan made before there was a year of cases would look every person up by reading all of them.
    helped as (
        select
            span.place, known.street, known.fund_id, known.lane, known.cause, known.sealed, person,
            known.accepted_at >= span.begins as in_span,
            count(*) over (partition by span.place, person) as times,
            count(*) filter (where not known.sealed) over (partition by span.place, person) as told_times
        from span
        join known on known.accepted_at >= span.year_begins and known.accepted_at < span.ends and known.granted > 0
        cross join lateral unnest(known.household) as person
    ),
    persons as (
        select
            helped.place, cell.section, cell.key,
            count(distinct person) as persons,
            count(distinct person) filter (where case when cell.section = 'total' then times else told_times end > 1) as repeated
        from helped
        cross join lateral (
            values
                ('total', ''), ('division', helped.street), ('fund', helped.fund_id::text), ('lane', helped.lane::text),
                ('cause', helped.cause::text)
        ) as cell (section, key)
        where helped.in_span and (cell.section = 'total' or not helped.sealed)
        group by helped.place, cell.section, cell.key
    ),
    cells as (
        select
            span.place, cell.section, cell.key,
            count(*) as cases,
            count(*) filter (where known.state = 'refused') as refused,
            count(*) filter (where known.state = 'declined') as declined,
            count(distinct known.household) filter (where known.granted > 0) as households,
            sum(known.granted)::bigint as granted
        from span
        join known on known.accepted_at >= span.begins and known.accepted_at < span.ends
        cross join lateral (
            values
                ('total', ''), ('division', known.street), ('fund', known.fund_id::text), ('lane', known.lane::text),
                ('cause', known.cause::text), ('refusal', case when known.state = 'refused' then known.code end)
        ) as cell (section, key)
        where cell.key is not null and (cell.section = 'total' or not known.sealed)
        group by span.place, cell.section, cell.key
    )
select
    cells.place, cells.section, cells.key, cells.cases, cells.refused, cells.declined, cells.households, cells.granted,
    coalesce(persons.persons, 0) as persons, coalesce(persons.repeated, 0) as repeated
from cells
left join persons on persons.place = cells.place and persons.section = cells.section and persons.key = cells.key
order by cells.place, cells.section, cells.key
