-- Where the people of one import wait, on its own connection: gone with it.
create temporary table roster_staging (
    line bigint not null,
    person uuid not null,
    name_digest bigint not null,
    household uuid,
    category roster_category not null,
    valid_from date not null,
    valid_to date
)
