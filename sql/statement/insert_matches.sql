-- Says which movements lines are, by a word that names them.
-- $1 city text, $2 fund uuid, $3 officer text, $4 now timestamptz, $5 statements uuid[], $6 lines integer[], $7 versions bigint[],
-- $8 ordinals smallint[], $9 keys uuid[]
insert into statement_match (city, statement_id, line, fund_id, version, ordinal, amount, key, officer, countersigned_by, at)
select $1, found.statement_id, found.line, $2, found.version, found.ordinal, line.amount, found.key, $3, null, $4
from unnest($5::uuid[], $6::integer[], $7::bigint[], $8::smallint[], $9::uuid[]) as found (statement_id, line, version, ordinal, key)
join statement_line as line on line.statement_id = found.statement_id and line.ordinal = found.line and line.city = $1
