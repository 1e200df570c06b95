-- Reference data: the same for every city, dated, imported from files, never changed in place.

create table division (
    code text collate "C" primary key,
    name text not null,
    valid_from date,
    valid_to date,
    constraint division_code_has_digits check (code ~ '^[0-9]{4}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?$')
);
comment on table division is 'administrative divisions by code; a longer code lies inside every prefix of it';

create type day_kind as enum ('holiday', 'workday');

create table calendar_day (
    day date primary key,
    kind day_kind not null
);
comment on table calendar_day is 'holidays and shifted workdays as announced by the State Council, a year at a time';

create table calendar_span (
    known_from date primary key,
    known_until date not null,
    constraint calendar_span_runs_forward check (known_from <= known_until)
);
comment on table calendar_span is 'the years whose holidays are known; beyond them only weekends count';

create table policy_version (
    id text primary key,
    division text collate "C" not null,
    effective_from date not null,
    body text not null,
    imported_at timestamptz not null default clock_timestamp()
);
comment on table policy_version is 'rules as imported (TOML); the nearest division prefix wins; the empty prefix is everywhere';
