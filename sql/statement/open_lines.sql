-- Lines that are no movement of ours yet, in their order, if they lie in the caller's scope (row security).
-- $1 city text, $2 fund uuid, $3 statement uuid (null: of all statements), $4 line integer (null: all), $5 most bigint
select
    line.statement_id, line.ordinal, line.file_line, line.booked_on, line.value_on, line.amount, line.hint, line.keys, line.payees
from statement_line as line
where line.city = $1
    and line.fund_id = $2
    and ($3::uuid is null or line.statement_id = $3)
    and ($4::integer is null or line.ordinal = $4)
    and not exists (
        select from statement_match as made
        where made.statement_id = line.statement_id and made.line = line.ordinal and made.city = line.city
    )
order by line.booked_on, line.statement_id, line.ordinal
limit $5
