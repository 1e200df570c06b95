-- Takes the staged lines in.
-- $1 city text, $2 statement uuid, $3 fund uuid
insert into statement_line (
    city, statement_id, ordinal, fund_id, file_line, booked_on, value_on, amount, balance, hint, keys, payees, texts
)
select
    $1, $2, staged.ordinal, $3, staged.file_line, staged.booked_on, staged.value_on, staged.amount, staged.balance, staged.hint,
    staged.keys, staged.payees, staged.texts
from statement_staging as staged
