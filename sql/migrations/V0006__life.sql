-- The life of a case after its first answer: approval, payments in parts, papers, reviews, ways out of a short fund.

alter table aid_case
    add column version bigint not null default 1,
    add column granted_on date,
    add column queued bigint not null default 0,
    add column queue_place bigint,
    add column options text not null default '[]',
    add column review_due timestamptz;
comment on column aid_case.version is '+1 with every change';
comment on column aid_case.granted is 'granted and not given back: what is paid, held and queued';
comment on column aid_case.granted_on is 'the day whose limits the grant counts in; what is given back goes back to it';
comment on column aid_case.queued is 'the part of the grant that waits for the next top-up of its fund';
comment on column aid_case.queue_place is 'the version of the fund at which it was queued: the order of the queue';
comment on column aid_case.options is 'ways out of a refusal (JSON)';
comment on column aid_case.review_due is 'until when another officer must look at what one decided alone; null: nobody must, or it was done';

update aid_case set granted_on = day where granted > 0;

alter table aid_case
    drop constraint refused_case_grants_nothing,
    add constraint only_a_granted_case_grants check ((granted > 0) = (state in ('approved', 'paying', 'paid', 'completed'))),
    add constraint granted_case_knows_its_day check (granted = 0 or granted_on is not null),
    add constraint completed_case_misses_no_paper check (state <> 'completed' or missing = '{}'),
    add constraint queue_is_part_of_the_grant check (queued >= 0 and queued <= granted and (queued > 0) = (queue_place is not null)),
    add constraint queued_case_is_not_paid_out check (queued = 0 or state in ('approved', 'paying'));
comment on column aid_case.members is 'the other members of the household as the case was accepted';

-- Serve the search by identity for cases that claimed nothing; the others are found by their claims.
drop index refused_case_by_person;
drop index refused_case_by_member;
create index unclaimed_case_by_person on aid_case (person, city) where state in ('accepted', 'refused', 'declined', 'withdrawn');
create index unclaimed_case_by_member on aid_case using gin (members) where state in ('accepted', 'refused', 'declined', 'withdrawn');
-- Serves the queue of a fund, in its order.
create index queued_case on aid_case (fund_id, queue_place) where queued > 0;
-- Serves the view of an incident, and the cases whose deadline moves with its end.
create index case_by_incident on aid_case (incident_id);
-- Serves the overdue cases of an officer.
create index case_overdue_by_officer on aid_case (handler, completion_due) where missing <> '{}';
-- Serves the list of reviews.
create index case_to_review on aid_case (review_due) where review_due is not null;

alter type earlier_claim add attribute live boolean;

-- A hold resolves once: the book counts how often it resolves one, and the count never goes beyond one.
alter table hold
    add column resolutions smallint not null default 0,
    drop constraint hold_resolves_once;
update hold set resolutions = 1 where state <> 'held';
alter table hold
    add constraint hold_resolves_once check (resolutions = case state when 'held' then 0 else 1 end and (state = 'held') = (resolved_at is null));
-- Serves the open holds of a case.
create index open_hold_of_case on hold (case_id) where state = 'held';
-- Serves the look for holds that nobody came for.
create index open_hold_by_expiry on hold (expires_at) where state = 'held' and expires_at is not null;

alter table fund add column loaned bigint not null default 0;
alter table fund add constraint fund_owes_no_less_than_nothing check (loaned >= 0);
comment on column fund.loaned is 'borrowed from the pool of its county and not repaid: the next top-up repays it first';
alter type fund_totals add attribute loaned bigint;

create type note_kind as enum ('approval', 'decline', 'withdrawal', 'repeat', 'review', 'referral');
create table case_note (
    city text not null,
    id uuid not null,
    case_id uuid not null,
    kind note_kind not null,
    officer text not null,
    at timestamptz not null,
    outcome text,
    note bytea,
    primary key (id, city)
);
comment on table case_note is 'what officers said of a case: written once';
comment on column case_note.note is 'sealed';
create index note_of_case on case_note (case_id);

create table paper (
    city text not null,
    case_id uuid not null,
    kind text not null,
    sha256 bytea,
    officer text not null,
    at timestamptz not null,
    note bytea,
    primary key (case_id, kind, city)
);
comment on table paper is 'papers that came after the payment: each kind once';

create table referral (
    city text not null,
    id uuid not null,
    case_id uuid not null,
    unit text not null,
    reason bytea,
    due date,
    officer text not null,
    at timestamptz not null,
    primary key (id, city)
);
comment on table referral is 'a household passed on to another office by an officer';
comment on column referral.reason is 'sealed';
create index referral_of_case on referral (case_id);

create type alarm_kind as enum ('fund_low', 'fund_exhausted', 'topup_urgent', 'payment_unknown', 'sealed_read');
create table alarm (
    city text not null,
    about uuid not null,
    kind alarm_kind not null,
    mark bigint not null,
    division text collate "C" not null,
    amount bigint,
    at timestamptz not null,
    primary key (about, kind, mark, city)
);
comment on table alarm is 'what somebody must be told, once: about a fund at one of its versions, a payment, or a look at a case';
-- Serves the list of alarms.
create index alarm_by_time on alarm (at, about, kind, mark);

-- Cases with holds that have run out, over all cities, for the worker that lets them expire.
create function expired_holds(most integer, out city text, out case_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select distinct city, case_id from (select city, case_id from hold where state = ''held'' and expires_at <= clock_timestamp() order by expires_at limit most) as due';
revoke execute on function expired_holds(integer) from public;
grant execute on function expired_holds(integer) to jiujinan_api;

grant select, insert on case_note, paper, referral, alarm to jiujinan_book;
grant select on case_note, paper, referral, alarm to jiujinan_api;
revoke update on hold from jiujinan_book;
grant update (state, resolved_at, resolutions) on hold to jiujinan_book;

alter table case_note enable row level security;
alter table paper enable row level security;
alter table referral enable row level security;
alter table alarm enable row level security;
create policy book_sees_the_city on case_note to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on paper to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on referral to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on alarm to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on case_note for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = case_note.city and aid_case.id = case_note.case_id));
create policy api_reads_its_scope on paper for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = paper.city and aid_case.id = paper.case_id));
create policy api_reads_its_scope on referral for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = referral.city and aid_case.id = referral.case_id));
create policy api_reads_its_scope on alarm for select to jiujinan_api using (in_scope(division));

-- An incident is there for the windows whose area it lies in as well: a community reports for its street.
create function around_scope(division text) returns boolean
    language sql stable
    return starts_with(nullif(current_setting('jiujinan.scope', true), ''), division);
drop policy api_reads_its_scope on incident;
create policy api_reads_around_its_scope on incident for select to jiujinan_api using (in_scope(division) or around_scope(division));
