-- Deposit waivers: what hospitals asked, and what they were promised.

create type stay as enum ('inpatient', 'outpatient', 'emergency');
create table waiver_check (
    city text not null,
    id uuid not null,
    subject text not null,
    hospital text not null,
    division text collate "C" not null,
    person uuid not null,
    stay stay not null,
    answer text not null,
    deposit bigint,
    roster_version bigint not null,
    roster_as_of timestamptz not null,
    stale boolean not null,
    answered_at timestamptz not null,
    recorded_at timestamptz not null,
    replaces uuid,
    primary key (id, city),
    constraint deposit_is_never_negative check (deposit >= 0)
);
comment on table waiver_check is 'every answer to a hospital, written before it left';
comment on column waiver_check.replaces is 'a check that was not answered: while it was recorded, a newer roster was found, and this one was asked instead';
comment on column waiver_check.answered_at is 'by the clock of the server: the database may have been away, and recorded_at later';
-- Serves the look at what was answered on a day.
create index waiver_check_by_time on waiver_check using brin (answered_at);

create type waiver_state as enum ('open', 'closed');
create type waiver_end as enum ('hospital', 'settlement', 'age');
create table waiver (
    city text not null,
    id uuid not null,
    hospital text not null,
    division text collate "C" not null,
    visit_no text not null,
    person uuid not null,
    state waiver_state not null,
    category roster_category not null,
    deposit bigint not null,
    discounts text not null,
    roster_version bigint not null,
    granted_by text not null,
    granted_at timestamptz not null,
    expires_at timestamptz not null,
    closed_as waiver_end,
    closed_at timestamptz,
    left_at timestamptz,
    version bigint not null default 1,
    primary key (id, city),
    constraint waiver_ends_once check ((state = 'closed') = (closed_as is not null) and (closed_as is null) = (closed_at is null)),
    constraint waiver_outlives_its_grant check (expires_at > granted_at),
    constraint waived_deposit_is_never_negative check (deposit >= 0)
) with (fillfactor = 80);
comment on column waiver.discounts is 'per cent off each fee kind (JSON), promised for the whole stay';
comment on column waiver.left_at is 'when it was found that the person had left the roster: the stay is honoured, civil affairs was told';
-- One open stay a person, over the whole city.
create unique index one_open_stay_a_person on waiver (person, city) where state = 'open';
-- A visit is promised once.
create unique index visit_is_promised_once on waiver (hospital, visit_no, city);
-- Serves the look for promises whose time is over.
create index open_waiver_by_expiry on waiver (expires_at) where state = 'open';

alter type alarm_kind add value 'waiver_roster_left';

-- Who stands on the roster under an index that is known: readers see nobody there otherwise.
create function standing_of(
    wanted_city text, wanted_person uuid,
    out version bigint, out category roster_category, out name_digest bigint, out valid_from date, out valid_to date
)
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select (select coalesce(max(roster_version.version), 0) from roster_version where roster_version.city = wanted_city), m.category, m.name_digest, m.valid_from, m.valid_to from (select) as nobody left join roster_member as m on m.city = wanted_city and m.person = wanted_person and m.until_version is null';
revoke execute on function standing_of(text, uuid) from public;
grant execute on function standing_of(text, uuid) to jiujinan_api;

-- Open promises whose person is not on the roster any more, over all cities, for the worker that tells civil affairs.
create function left_waivers(most integer, out city text, out waiver_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select city, id from waiver where state = ''open'' and left_at is null and not exists (select from roster_member where roster_member.city = waiver.city and roster_member.person = waiver.person and until_version is null and valid_from <= (clock_timestamp() at time zone ''Asia/Shanghai'')::date and (valid_to is null or valid_to >= (clock_timestamp() at time zone ''Asia/Shanghai'')::date)) order by expires_at limit most';
revoke execute on function left_waivers(integer) from public;
grant execute on function left_waivers(integer) to jiujinan_api;

grant select, insert on waiver_check to jiujinan_book;
grant select, insert on waiver to jiujinan_book;
grant update (state, closed_as, closed_at, left_at, version) on waiver to jiujinan_book;
grant select on waiver_check, waiver to jiujinan_api;
alter table waiver_check enable row level security;
alter table waiver enable row level security;
create policy book_sees_the_city on waiver_check to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on waiver to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on waiver_check for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on waiver for select to jiujinan_api using (in_scope(division));
