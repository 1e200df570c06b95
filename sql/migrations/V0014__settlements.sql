-- Hospital bills split over their payers: what was settled, what was said of it later, what funds owe and pay for it.

create type settlement_state as enum ('settled', 'cancelled', 'reversed');
create type payer as enum (
    'third_party', 'basic_insurance', 'critical_illness', 'large_sum', 'enterprise_supplement', 'civil_servant_supplement',
    'medical_aid', 'other', 'hospital_discount', 'emergency_treatment', 'relief_fund', 'patient'
);
create type payer_status as enum ('final', 'claimed', 'approved', 'paid', 'refused');
create type settlement_event_kind as enum ('settled', 'result', 'cleared', 'cancelled', 'reversed');

create table settlement (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    hospital text not null,
    message_id text not null,
    waiver_id uuid,
    visit_no text not null,
    person uuid not null,
    patient bytea not null,
    diagnosis bytea,
    bill text not null,
    parts text not null,
    total bigint not null,
    state settlement_state not null,
    version bigint not null,
    settled_at timestamptz not null,
    settled_on date not null,
    settled_by text not null,
    answer bytea not null,
    primary key (id, city),
    constraint settlement_lies_in_its_city check (division like city || '%'),
    constraint settlement_has_a_total check (total > 0)
) with (fillfactor = 80);
comment on table settlement is 'a hospital bill, split over its payers';
comment on column settlement.division is 'where the hospital is, as its token said';
comment on column settlement.hospital is 'credit code';
comment on column settlement.person is 'blind index of the patient';
comment on column settlement.patient is 'sealed: kind and number of the document, name';
comment on column settlement.diagnosis is 'sealed';
comment on column settlement.bill is 'JSON, amounts only: fees, what arrived from others, the emergency part, the discount it is entitled to';
comment on column settlement.parts is 'JSON: what each payer bears, in payer order, as it stands';
comment on column settlement.answer is 'what was answered first, for the same message sent again; without personal data';
-- Serves the totals of a hospital's day.
create index settlement_by_day on settlement (hospital, settled_on);
-- Serves reversals, which name the message.
create index settlement_by_message on settlement (message_id);

create table settlement_message (
    city text not null,
    hospital text not null,
    message_id text not null,
    settlement_id uuid,
    fingerprint bytea,
    reason bytea,
    at timestamptz not null,
    constraint message_is_settled_once primary key (message_id, hospital, city),
    constraint fence_has_a_reason_and_no_content check (
        (settlement_id is null) = (fingerprint is null) and (settlement_id is null) = (reason is not null)
    )
);
comment on table settlement_message is 'a message of a hospital is settled once, or reversed before it came (no settlement): whoever is first has the row';
comment on column settlement_message.fingerprint is 'keyed digest of its content';
comment on column settlement_message.reason is 'sealed: why it was reversed before it came';

create table settlement_event (
    city text not null,
    settlement_id uuid not null,
    version bigint not null,
    kind settlement_event_kind not null,
    payer payer,
    status payer_status,
    amount bigint,
    reference text,
    reason bytea,
    parts text not null,
    officer text not null,
    at timestamptz not null,
    primary key (settlement_id, version, city),
    constraint payer_says_a_result check ((kind in ('result', 'cleared')) = (payer is not null and status is not null and amount is not null)),
    constraint unwinding_has_a_reason check ((kind in ('cancelled', 'reversed')) = (reason is not null))
);
comment on table settlement_event is 'what was said of a settlement, one version each, with its parts after it: written once';
comment on column settlement_event.reason is 'sealed';

create table settlement_hold (
    city text not null,
    id uuid not null,
    settlement_id uuid not null,
    fund_id uuid not null,
    payer payer not null,
    amount bigint not null,
    state hold_state not null,
    held_at timestamptz not null,
    resolved_at timestamptz,
    resolutions smallint not null,
    primary key (id, city),
    constraint settlement_hold_has_an_amount check (amount > 0),
    constraint only_funds_hold_for_a_settlement check (payer in ('emergency_treatment', 'relief_fund')),
    constraint settlement_hold_resolves_once check (
        resolutions = case state when 'held' then 0 else 1 end and (state = 'held') = (resolved_at is null)
    )
) with (fillfactor = 80);
comment on table settlement_hold is 'what a fund has set aside for a settlement until a clearing pays it or it is given back';
-- Serves the holds of a settlement.
create index settlement_hold_of_settlement on settlement_hold (settlement_id);

create table clearing (
    city text not null,
    id uuid not null,
    fund_id uuid not null,
    division text collate "C" not null,
    hospital text not null,
    settlements uuid[] not null,
    amount bigint not null,
    reference text not null,
    officer text not null,
    at timestamptz not null,
    primary key (id, city),
    constraint clearing_pays_something check (amount > 0 and cardinality(settlements) between 1 and 200)
);
comment on table clearing is 'what a fund paid a hospital for a list of settlements: written once';
comment on column clearing.division is 'that of the fund';

alter table entry add column settlement_id uuid;
comment on column entry.settlement_id is 'the settlement that money was held or paid for';

grant select, insert on settlement, settlement_message, settlement_event, settlement_hold, clearing to jiujinan_book;
grant update (parts, state, version) on settlement to jiujinan_book;
grant update (state, resolved_at, resolutions) on settlement_hold to jiujinan_book;
grant select on settlement, settlement_event, settlement_hold, clearing to jiujinan_api;

alter table settlement enable row level security;
alter table settlement_message enable row level security;
alter table settlement_event enable row level security;
alter table settlement_hold enable row level security;
alter table clearing enable row level security;
create policy book_sees_the_city on settlement to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on settlement_message to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on settlement_event to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on settlement_hold to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on clearing to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on settlement for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on settlement_event for select to jiujinan_api using (
    exists (select from settlement where settlement.city = settlement_event.city and settlement.id = settlement_event.settlement_id)
);
create policy api_reads_its_scope on settlement_hold for select to jiujinan_api using (
    exists (select from settlement where settlement.city = settlement_hold.city and settlement.id = settlement_hold.settlement_id)
);
create policy api_reads_its_scope on clearing for select to jiujinan_api using (in_scope(division));
