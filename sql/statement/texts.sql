-- The sealed texts of lines, if they lie in the caller's scope (row security).
-- $1 city text, $2 statement uuid, $3 lines integer[]
select line.ordinal, line.texts
from statement_line as line
where line.city = $1 and line.statement_id = $2 and line.ordinal = any ($3)
