-- The table of balance adjustment of a fund's account at the end of a day, in one look: what the bank has, what the book says part by
-- part, and every movement that only one of them has by then. If the fund lies in the caller's scope (row security).
--
-- What was ours before the first statement begins, and is no line, was in its opening balance already. An account that the fund had
-- before is closed: what was matched there counts as opening, too.
-- $1 city text, $2 fund uuid, $3 day date, $4 start of the next day timestamptz, $5 most bigint
with
    owner as (select fund.city, fund.id, fund.floor from fund where fund.city = $1 and fund.id = $2),
    pages as (
        select page.id, page.sequence, page.opening, page.from_day, page.to_day
        from statement as page
        where page.city = $1
            and page.fund_id = $2
            and page.account = (
                select latest.account
                from statement as latest
                where latest.city = $1 and latest.fund_id = $2 and latest.from_day <= $3
                order by latest.from_day desc, latest.imported_at desc
                limit 1
            )
    ),
    first as (select pages.opening, pages.from_day from pages order by pages.sequence limit 1),
    lines as materialized (
        select line.statement_id, line.ordinal, line.booked_on, line.amount, line.hint, made.version, made.ordinal as entry
        from pages
        join statement_line as line on line.statement_id = pages.id and line.city = $1
        left join statement_match as made on made.statement_id = line.statement_id and made.line = line.ordinal and made.city = line.city
    ),
    moved as materialized (
        select
            m.version, m.ordinal, m.day, m.value_date, m.kind, m.amount, lines.booked_on,
            lines.booked_on is null
                and (
                    coalesce(m.value_date, m.day) < (select first.from_day from first)
                    or exists (
                        select from statement_match as made
                        where made.fund_id = owner.id and made.version = m.version and made.ordinal = m.ordinal and made.city = owner.city
                    )
                ) as was_there
        from owner
        cross join lateral bank_movements(owner.city, owner.id) as m
        left join lines on lines.version = m.version and lines.entry = m.ordinal
    ),
    terms as (
        select
            'ours' as side, null::uuid as statement_id, null::integer as line, moved.version, moved.ordinal, moved.day, moved.kind::text as what,
            moved.amount
        from moved
        where moved.day <= $3 and not moved.was_there and (moved.booked_on is null or moved.booked_on > $3)
        union all
        select 'theirs', lines.statement_id, lines.ordinal, moved.version, moved.ordinal, lines.booked_on, lines.hint::text, lines.amount
        from lines
        left join moved on moved.version = lines.version and moved.ordinal = lines.entry
        where lines.booked_on <= $3 and (moved.version is null or moved.day > $3)
        union all
        select 'theirs', null, null, moved.version, moved.ordinal, coalesce(moved.value_date, moved.day), moved.kind::text, moved.amount
        from moved
        where moved.was_there and moved.day > $3
    )
select
    owner.floor,
    (select first.from_day from first) as first_day,
    (select max(pages.to_day) from pages) as last_day,
    (select first.opening from first) + (select coalesce(sum(lines.amount), 0)::bigint from lines where lines.booked_on <= $3) as bank,
    (select first.opening from first) - (select coalesce(sum(moved.amount), 0)::bigint from moved where moved.was_there) as opening,
    book.credited,
    book.held,
    book.paid,
    book.interest_payable,
    book.other_payable,
    book.receivable,
    book.cash_boxes,
    term.side,
    term.statement_id,
    term.line,
    term.version,
    term.ordinal,
    term.day,
    term.what,
    term.amount
from owner
cross join lateral book_before(owner.city, owner.id, $4) as book
left join terms as term on true
order by term.side, term.day, term.version, term.ordinal, term.line
limit $5
