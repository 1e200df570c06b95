-- People, incidents, cases and claims.

create type cause as enum (
    'fire', 'accident', 'illness', 'education', 'unemployment', 'income_interruption', 'violence', 'disaster', 'epidemic', 'other'
);
create type lane as enum ('quick', 'advance', 'county', 'other_scheme');
create type case_state as enum (
    'accepted', 'approved', 'paying', 'paid', 'completed', 'refused', 'declined', 'withdrawn', 'expired'
);

create table person (
    city text not null,
    person uuid not null,
    year smallint not null,
    year_granted bigint not null,
    barred_until date,
    deceased_on date,
    primary key (person, city),
    constraint person_usage_is_never_negative check (year_granted >= 0)
) with (fillfactor = 80);
comment on column person.person is 'blind index of the number of the identity document: 16 bytes, kept as a uuid because that compares fastest';
comment on column person.year_granted is 'granted in `year` over the whole city, for the cap of a year';

create table officer (
    city text not null,
    officer text not null,
    day date not null,
    day_granted bigint not null,
    primary key (officer, city),
    constraint officer_usage_is_never_negative check (day_granted >= 0)
) with (fillfactor = 50);

create table incident (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    cause cause not null,
    place bytea not null,
    occurred_at timestamptz not null,
    ended_on date,
    sealed boolean not null,
    version bigint not null default 1,
    reported_by text not null,
    reported_at timestamptz not null,
    primary key (id, city)
);
comment on column incident.place is 'sealed';
comment on column incident.sealed is 'reported by a sealed case: shown to its own officers and to auditors only';

create table case_counter (
    city text not null,
    street text collate "C" not null,
    day date not null,
    last integer not null,
    primary key (street, city)
) with (fillfactor = 50);
comment on table case_counter is 'the last case number of a street and its day; a new day begins at one';

create table aid_case (
    city text not null,
    id uuid not null,
    street text collate "C" not null,
    day date not null,
    ordinal integer not null,
    division text collate "C" not null,
    fund_id uuid not null,
    incident_id uuid not null,
    cause cause not null,
    state case_state not null,
    lane lane not null,
    code text not null,
    requested bigint not null,
    granted bigint not null,
    person uuid not null,
    handler text not null,
    approver text,
    accepted_at timestamptz not null,
    completion_due date,
    completion_due_provisional boolean not null,
    missing text[] not null,
    sealed boolean not null,
    policy_version text not null,
    decision text not null,
    question text not null,
    payments text not null,
    parties bytea not null,
    fund_version bigint not null,
    members uuid[] not null,
    primary key (id, city),
    constraint nobody_decides_their_own check (approver <> handler),
    constraint case_grants_no_more_than_asked check (granted >= 0 and granted <= requested),
    constraint refused_case_grants_nothing check (state not in ('refused', 'declined') or granted = 0),
    constraint advance_lane_needs_two check (lane <> 'advance' or granted = 0 or approver is not null)
) with (fillfactor = 90);
comment on column aid_case.decision is 'the decision as answered (JSON)';
comment on column aid_case.question is 'all that the decision compared (JSON): with the policy version it can be decided again';
comment on column aid_case.members is 'the other members of a household that was refused; those of a granted case have claims';
comment on column aid_case.parties is 'sealed: applicant, household, payees, one data key each';

-- Keeps case numbers unique and serves the search by number and the lists of a division.
create unique index case_numbers_are_unique on aid_case (street, day, ordinal, city);
-- Serves the search by identity for cases that claimed nothing; the others are found by their claims.
create index refused_case_by_person on aid_case (person, city) where state in ('refused', 'declined');
create index refused_case_by_member on aid_case using gin (members) where state in ('refused', 'declined');

create table claim (
    city text not null,
    person uuid not null,
    cause cause not null,
    slot smallint not null,
    day date not null,
    incident_id uuid not null,
    case_id uuid not null,
    primary key (person, cause, slot, city),
    constraint claim_slots_are_counted_from_one check (slot >= 1)
);
comment on table claim is 'one row a person, cause and time helped; two claims at once want the same next slot, and one of them fails';

create type earlier_claim as (
    city text,
    person uuid,
    cause cause,
    slot smallint,
    day date,
    incident_id uuid,
    case_id uuid,
    street text,
    case_day date,
    ordinal integer,
    division text,
    sealed boolean
);
comment on type earlier_claim is 'a claim with what is told of its case';
