-- Funds and what moves in them. Every row belongs to a city; no transaction crosses cities. Primary keys end with the city: what
-- tells rows apart comes first, so that an index compares one value and not an equal city before it.

create type fund_kind as enum ('street_reserve', 'emergency_treatment', 'relief_fund');
create type fund_status as enum ('active', 'frozen', 'closed');

create table fund (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    kind fund_kind not null,
    name text not null,
    status fund_status not null default 'active',
    target bigint not null,
    floor bigint not null,
    case_cap bigint,
    fund_day_cap bigint,
    person_year_cap bigint,
    officer_day_cap bigint,
    account bytea,
    status_reason bytea,
    subject_codes text[] not null default '{}',
    credited bigint not null default 0,
    held bigint not null default 0,
    paid bigint not null default 0,
    day date not null default '1970-01-01',
    day_granted bigint not null default 0,
    version bigint not null default 0,
    settings_version bigint not null default 1,
    opened_at timestamptz not null,
    primary key (id, city),
    constraint fund_lies_in_its_city check (division like city || '%'),
    constraint fund_is_never_overspent check (paid + held <= credited),
    constraint fund_keeps_its_floor check (paid + held + floor <= credited or paid + held = 0),
    constraint fund_totals_are_never_negative check (credited >= 0 and held >= 0 and paid >= 0 and day_granted >= 0),
    constraint fund_limits_are_never_negative check (
        target >= 0 and floor >= 0 and case_cap >= 0 and fund_day_cap >= 0 and person_year_cap >= 0 and officer_day_cap >= 0
    )
) with (fillfactor = 50);
comment on column fund.account is 'sealed: bank, number and name';
comment on column fund.status_reason is 'sealed: why it was frozen or unfrozen last';
comment on column fund.day_granted is 'granted on `day`, for the cap of a day';

-- Serves the choice of a street's own fund, and keeps it the only one.
create unique index one_reserve_a_division on fund (city, division) where kind = 'street_reserve' and status <> 'closed';

create type fund_totals as (
    city text,
    id uuid,
    credited bigint,
    held bigint,
    paid bigint,
    day date,
    day_granted bigint,
    version bigint
);
comment on type fund_totals is 'what a batch changes of a fund';

create type account as enum (
    'available', 'held', 'paid', 'receivable', 'interest_payable',
    'treasury', 'bank', 'cash_box', 'hospital', 'beneficiary'
);
create type topup_source as enum ('central', 'province', 'city', 'district', 'donation', 'loan');

create table entry (
    city text not null,
    fund_id uuid not null,
    version bigint not null,
    ordinal smallint not null,
    debit account not null,
    credit account not null,
    amount bigint not null,
    at timestamptz not null,
    credited bigint not null,
    held bigint not null,
    paid bigint not null,
    case_id uuid,
    payment_id uuid,
    source topup_source,
    reference text,
    value_date date,
    primary key (fund_id, version, ordinal, city),
    constraint entry_moves_money check (amount > 0 and debit <> credit),
    constraint entry_leaves_nothing_overspent check (paid + held <= credited)
);
comment on table entry is 'one transfer a row: amount goes from debit to credit, so every row is balanced; credited, held and paid are the fund''s totals after it';
-- Serves the list of entries of a time span: rows lie in the order of time.
create index entry_by_time on entry using brin (at);

create type hold_state as enum ('held', 'captured', 'released', 'expired');

create table hold (
    city text not null,
    id uuid not null,
    fund_id uuid not null,
    case_id uuid not null,
    payment_id uuid,
    amount bigint not null,
    state hold_state not null default 'held',
    held_at timestamptz not null,
    expires_at timestamptz,
    resolved_at timestamptz,
    primary key (id, city),
    constraint hold_has_an_amount check (amount > 0),
    constraint hold_resolves_once check ((state = 'held') = (resolved_at is null)),
    constraint hold_of_an_instruction_never_expires check (payment_id is null or expires_at is null)
) with (fillfactor = 80);
comment on column hold.payment_id is 'the payment under way; null: granted and not paid yet, free until expires_at';
