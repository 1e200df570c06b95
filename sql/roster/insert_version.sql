-- A version of the roster.
-- $1 city text, $2 version bigint, $3 mode roster_mode, $4 rows bigint, $5 entered bigint, $6 left bigint, $7 file bytea, $8 who text,
-- $9 when timestamptz
insert into roster_version (city, version, mode, rows, entered, left_count, file_sha256, imported_by, imported_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
