-- Lines of a statement that are movements of ours, in their order, if they lie in the caller's scope (row security).
-- $1 city text, $2 statement uuid, $3 after line integer, $4 most bigint
select
    made.line, line.file_line, line.booked_on, line.value_on, made.amount, made.version, made.ordinal, made.officer, made.countersigned_by,
    made.key is not null as is_exact,
    booked.code,
    booked.account
from statement_match as made
join statement_line as line on line.statement_id = made.statement_id and line.ordinal = made.line and line.city = made.city
left join statement_booking as booked
    on booked.statement_id = made.statement_id and booked.line = made.line and booked.city = made.city
where made.city = $1 and made.statement_id = $2 and made.line > $3
order by made.line
limit $4
