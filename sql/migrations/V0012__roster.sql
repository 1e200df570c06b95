-- The roster of poor households, and the hospitals that charge them less.

create type roster_mode as enum ('full', 'delta');
create type roster_category as enum ('tekun', 'dibao', 'low_income');

create table roster_version (
    city text not null,
    version bigint not null,
    mode roster_mode not null,
    rows bigint not null,
    entered bigint not null,
    left_count bigint not null,
    file_sha256 bytea not null,
    imported_by text not null,
    imported_at timestamptz not null,
    primary key (version, city),
    constraint roster_versions_are_counted_from_one check (version > 0),
    constraint roster_import_counts_people check (rows > 0 and entered >= 0 and left_count >= 0 and entered <= rows)
);
comment on table roster_version is 'imports of the roster: written once each, without gaps in a city';
comment on column roster_version.rows is 'people in the file';
comment on column roster_version.entered is 'people who were not on the roster before';
comment on column roster_version.left_count is 'people who are not on the roster any more';

create table roster_member (
    city text not null,
    person uuid not null,
    name_digest bigint not null,
    household uuid,
    category roster_category not null,
    valid_from date not null,
    valid_to date,
    from_version bigint not null,
    until_version bigint,
    left_on date,
    primary key (person, from_version, city),
    constraint membership_runs_forward check (valid_to >= valid_from),
    constraint membership_ends_after_it_began check (until_version > from_version),
    constraint only_who_left_has_left check (left_on is null or until_version is not null)
);
comment on table roster_member is 'who is or was on the roster: a change ends a row and begins another';
comment on column roster_member.person is 'blind index';
comment on column roster_member.name_digest is 'keyed digest of person and name';
comment on column roster_member.household is 'keyed digest of what links the members of a household';
comment on column roster_member.until_version is 'the version that ended it; null: it stands';
comment on column roster_member.left_on is 'the last day, where an exit named one';
-- A person stands on the roster once. Serves imports, which look for the row that stands.
create unique index one_standing_row_a_person on roster_member (person, city) where until_version is null;
-- Serve the change feed of the servers.
create index roster_member_by_begin on roster_member (city, from_version);
create index roster_member_by_end on roster_member (city, until_version) where until_version is not null;

create table hospital (
    city text not null,
    code text collate "C" not null,
    version bigint not null,
    name text not null,
    division text collate "C" not null,
    effective_from date not null,
    registration smallint not null,
    consultation smallint not null,
    examination smallint not null,
    drugs smallint not null,
    bed smallint not null,
    deposits text not null,
    registered_by text not null,
    registered_at timestamptz not null,
    primary key (code, version, city),
    constraint hospitals_lie_in_their_city check (division like city || '%'),
    constraint hospital_versions_are_counted_from_one check (version > 0),
    constraint discounts_are_per_cent check (
        registration between 0 and 100 and consultation between 0 and 100 and examination between 0 and 100
            and drugs between 0 and 100 and bed between 0 and 100
    )
);
comment on table hospital is 'what was agreed with a hospital: written once; of several that have begun the one that began last holds, of equals the last version';
comment on column hospital.deposits is 'fen by diagnosis, with a default (JSON)';

grant select, insert on roster_version, roster_member, hospital to jiujinan_book;
grant update (until_version, left_on) on roster_member to jiujinan_book;
grant select on roster_version, hospital to jiujinan_api;
alter table roster_version enable row level security;
alter table roster_member enable row level security;
alter table hospital enable row level security;
create policy book_sees_the_city on roster_version to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on roster_member to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on hospital to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on roster_version for select to jiujinan_api using (in_scope(city));
create policy api_reads_its_scope on hospital for select to jiujinan_api using (in_scope(division));
