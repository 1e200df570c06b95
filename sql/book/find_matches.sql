-- Matches of lines and of movements that somebody wants to match: at most one each.
-- $1 cities text[], $2 statements uuid[], $3 lines integer[], $4 cities text[], $5 funds uuid[], $6 versions bigint[], $7 ordinals smallint[]
select array_agg(found.row) as matches
from (
    select made.row
    from unnest($1::text[], $2::uuid[], $3::integer[]) as wanted (city, statement_id, line)
    cross join lateral (
        select m as row
        from statement_match as m
        where m.statement_id = wanted.statement_id and m.line = wanted.line and m.city = wanted.city
        limit 1
    ) as made
    union all
    select made.row
    from unnest($4::text[], $5::uuid[], $6::bigint[], $7::smallint[]) as wanted (city, fund_id, version, ordinal)
    cross join lateral (
        select m as row
        from statement_match as m
        where m.fund_id = wanted.fund_id and m.version = wanted.version and m.ordinal = wanted.ordinal and m.city = wanted.city
        limit 1
    ) as made
) as found
