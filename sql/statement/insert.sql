-- Takes a statement in.
-- $1 city text, $2 id uuid, $3 fund uuid, $4 account uuid, $5 sequence bigint, $6 from date, $7 to date, $8 opening bigint,
-- $9 closing bigint, $10 lines integer, $11 file bytea, $12 officer text, $13 now timestamptz
insert into statement (
    city, id, fund_id, account, sequence, from_day, to_day, opening, closing, lines, file_sha256, imported_by, imported_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
