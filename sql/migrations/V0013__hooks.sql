-- Hooks: who wants to be told of what, and what each was told. Deliveries are made in the transaction of what they tell.

create type hook_event as enum (
    'case.paid', 'case.refused', 'case.completion_overdue', 'payment.returned', 'fund.low', 'fund.exhausted', 'waiver.granted',
    'waiver.roster_left', 'settlement.settled', 'settlement.cancelled', 'clearing.paid', 'period.closed'
);
create type hook_state as enum ('active', 'disabled', 'deleted');
create table hook (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    url text not null,
    events hook_event[] not null,
    state hook_state not null,
    rotation integer not null,
    previous_until timestamptz,
    version bigint not null,
    made_by text not null,
    made_at timestamptz not null,
    ended_at timestamptz,
    primary key (id, city),
    constraint hook_lies_in_its_city check (starts_with(division, city)),
    constraint hook_listens_to_something check (cardinality(events) > 0),
    constraint hook_ends_once check ((state = 'active') = (ended_at is null)),
    constraint hook_rotates_forward check (rotation >= 1 and (rotation > 1 or previous_until is null))
);
comment on table hook is 'who is told of what happens in a division';
comment on column hook.rotation is 'the number of its secret, which is derived outside the database and stored nowhere';
comment on column hook.previous_until is 'until when deliveries are signed with the secret before this one as well';
comment on column hook.state is 'disabled: its receiver said that it is gone';

create type delivery_state as enum ('pending', 'delivered', 'dead');
create table hook_delivery (
    city text not null,
    id uuid not null,
    hook_id uuid not null,
    event hook_event not null,
    subject uuid not null,
    body text not null,
    made_at timestamptz not null,
    state delivery_state not null default 'pending',
    attempts integer not null default 0,
    next_at timestamptz not null,
    lease integer not null default 0,
    lease_until timestamptz,
    retry_until timestamptz,
    last_status smallint,
    ended_at timestamptz,
    place bigint generated always as identity,
    primary key (id, city),
    constraint delivery_ends_with_its_state check ((state = 'pending') = (ended_at is null)),
    constraint nobody_works_on_what_has_ended check (state = 'pending' or lease_until is null)
) with (fillfactor = 80);
comment on table hook_delivery is 'what a hook is told: the exact body, sent until its receiver takes it';
comment on column hook_delivery.subject is 'the case, fund or other thing it is about: a hook hears of it in order';
comment on column hook_delivery.lease is '+1 whenever a server takes it or it is replayed: a result counts only under the number that it was taken with';
comment on column hook_delivery.retry_until is 'a day after the first attempt: then it is dead';
comment on column hook_delivery.place is 'the order of deliveries about one subject';
create type new_hook_delivery as (city text, id uuid, hook_id uuid, event hook_event, subject uuid, body text);

-- Serves the look for what is due.
create index delivery_due on hook_delivery (hook_id, next_at) where state = 'pending';
-- Serves the order of a subject.
create index delivery_in_order on hook_delivery (hook_id, subject, place) where state = 'pending';
-- Serves the list of a hook, and replays of a range.
create index delivery_of_hook on hook_delivery (hook_id, made_at, id);
-- A hook is told once that the papers of a case are overdue.
create unique index overdue_is_told_once on hook_delivery (hook_id, subject, city) where event = 'case.completion_overdue';

-- Who listens, over all cities, for the rules of every server: no address and no secret.
create function active_hooks(out city text, out id uuid, out division text, out events hook_event[]) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select city, id, division, events from hook where state = ''active''';
revoke execute on function active_hooks() from public;
grant execute on function active_hooks() to jiujinan_api;

-- Changes whenever a hook does.
create function hooks_stamp() returns text
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select concat_ws('' '', count(*), sum(version)) from hook';
revoke execute on function hooks_stamp() from public;
grant execute on function hooks_stamp() to jiujinan_api;

-- Cases with overdue papers that a hook listens for and was not told of, over all cities.
create function untold_overdue(most integer, out city text, out case_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select late.city, late.id
        from aid_case as late
        where late.missing <> ''{}'' and late.completion_due < (clock_timestamp() at time zone ''Asia/Shanghai'')::date and not late.sealed
            and late.state in (''approved'', ''paying'', ''paid'')
            and exists (
                select from hook
                where hook.state = ''active'' and hook.city = late.city and starts_with(late.division, hook.division)
                    and ''case.completion_overdue'' = any (hook.events)
                    and not exists (
                        select from hook_delivery as told
                        where told.hook_id = hook.id and told.city = hook.city and told.subject = late.id
                            and told.event = ''case.completion_overdue''
                    )
            )
        order by late.completion_due, late.id
        limit most';
revoke execute on function untold_overdue(integer) from public;
grant execute on function untold_overdue(integer) to jiujinan_api;

-- How long the oldest delivery that is due waits, in seconds, over all cities; nothing else of it.
create function hook_queue_age() returns bigint
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select coalesce(ceil(extract(epoch from clock_timestamp() - min(next_at)))::bigint, 0)
        from hook_delivery where state = ''pending'' and next_at <= clock_timestamp()';
revoke execute on function hook_queue_age() from public;
grant execute on function hook_queue_age() to jiujinan_api;

grant select, insert on hook, hook_delivery to jiujinan_book;
grant update (state, rotation, previous_until, version, ended_at) on hook to jiujinan_book;
grant update (state, attempts, next_at, lease, lease_until, retry_until, last_status, ended_at) on hook_delivery to jiujinan_book;
grant select on hook, hook_delivery to jiujinan_api;

alter table hook enable row level security;
alter table hook_delivery enable row level security;
create policy book_sees_the_city on hook to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on hook_delivery to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on hook for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on hook_delivery for select to jiujinan_api
    using (exists (select from hook where hook.city = hook_delivery.city and hook.id = hook_delivery.hook_id));
