-- What was open at the end of time spans, or is now where a span has not ended: money held for cases, papers due in the span, and papers
-- overdue at its end. In total and by division, fund, lane and cause; sealed cases as in cases.sql. Papers are overdue from the day after
-- their deadline on. Served by case_by_completion and paper_by_time; holds are read whole.
-- $1 city text, $2 division text, $3 begins timestamptz[], $4 ends timestamptz[], $5 sealed cases a unit has at least bigint
with
    span as (
        select
            place, ends,
            (begins at time zone 'Asia/Shanghai')::date as first_day,
            (ends at time zone 'Asia/Shanghai')::date as next_day,
            least(ends, clock_timestamp()) as moment
        from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as asked (begins, ends, place)
    ),
    unit as (
        select left(street, 6) as county, date_trunc('month', accepted_at at time zone 'Asia/Shanghai') as month
        from aid_case
        where city = $1 and sealed and division >= $2 and division < $2 || ':'
        group by 1, 2
        having count(*) >= $5
    ),
    late_paper as (
        select case_id, max(at) as at
        from paper
        where city = $1 and at >= (select min(moment) from span)
        group by case_id
    ),
    facts as (
        select span.place, hold.case_id, hold.fund_id, hold.amount as held, 0 as due, 0 as overdue
        from span
        cross join lateral case_holds_at($1, $2, span.moment) as hold
        union all
        select
            span.place, c.id, c.fund_id, 0,
            case when c.completion_due >= span.first_day and c.completion_due < span.next_day then 1 else 0 end,
            case
                when c.completion_due < (span.moment at time zone 'Asia/Shanghai')::date
                    and (c.missing <> '{}' or late_paper.at >= span.moment) then 1
                else 0
            end
        from span
        join aid_case as c on c.city = $1 and c.completion_due is not null and c.completion_due < span.next_day
            and c.division >= $2 and c.division < $2 || ':' and c.granted > 0 and c.accepted_at < span.ends
        left join late_paper on late_paper.case_id = c.id
        where c.completion_due >= span.first_day or c.missing <> '{}' or late_paper.at >= span.moment
    )
select
    facts.place, cell.section, cell.key,
    sum(facts.held)::bigint as held, sum(facts.due)::bigint as due, sum(facts.overdue)::bigint as overdue
from facts
join aid_case as c on c.city = $1 and c.id = facts.case_id
cross join lateral (
    values ('total', ''), ('division', c.street), ('fund', facts.fund_id::text), ('lane', c.lane::text), ('cause', c.cause::text)
) as cell (section, key)
where not c.sealed
    or (
        cell.section = 'total'
        and (left(c.street, 6), date_trunc('month', c.accepted_at at time zone 'Asia/Shanghai')) in (select county, month from unit)
    )
group by facts.place, cell.section, cell.key
order by facts.place, cell.section, cell.key
