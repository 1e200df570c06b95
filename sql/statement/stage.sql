-- Where the lines of one import wait, on its own connection: gone with it. Rows do not enter a table with row security by COPY.
create temporary table statement_staging (
    ordinal integer not null,
    file_line bigint not null,
    booked_on date not null,
    value_on date not null,
    amount bigint not null,
    balance bigint,
    hint statement_code,
    keys uuid[] not null,
    payees uuid[] not null,
    texts bytea not null
)
