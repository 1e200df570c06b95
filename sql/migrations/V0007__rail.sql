-- Payments on their way through a bank.

create type instruction_state as enum ('dispatched', 'unknown', 'paid', 'refused', 'returned');

create table instruction (
    city text not null,
    payment_id uuid not null,
    case_id uuid not null,
    state instruction_state not null,
    bytes bytea not null,
    sent integer not null default 0,
    next_at timestamptz not null,
    lease_until timestamptz,
    made_at timestamptz not null,
    resolved_at timestamptz,
    reference text,
    primary key (payment_id, city),
    constraint instruction_ends_with_a_result check ((state in ('dispatched', 'unknown')) = (resolved_at is null))
) with (fillfactor = 80);
comment on table instruction is 'what a bank is told to pay: the exact bytes, committed before they are sent for the first time';
comment on column instruction.bytes is 'sealed';
comment on column instruction.sent is 'how often it was sent or asked for';
comment on column instruction.lease_until is 'until when one server works on it';

-- Serves the look for what is to be sent or asked for.
create index instruction_under_way on instruction (next_at) where state in ('dispatched', 'unknown');

-- Payments that no instruction was made for yet, over all cities.
create index open_hold_of_payment on hold (held_at) where state = 'held' and payment_id is not null;
create function unsent_payments(most integer, out city text, out case_id uuid, out payment_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select city, case_id, payment_id from hold
        where state = ''held'' and payment_id is not null
            and not exists (select from instruction as made where made.payment_id = hold.payment_id and made.city = hold.city)
        order by held_at limit most';
revoke execute on function unsent_payments(integer) from public;
grant execute on function unsent_payments(integer) to jiujinan_api;

-- Where a payment is that a bank speaks of: it knows no cities.
create function instruction_at(payment uuid, out city text, out case_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select city, case_id from instruction where payment_id = payment';
revoke execute on function instruction_at(uuid) from public;
grant execute on function instruction_at(uuid) to jiujinan_api;

grant select, insert on instruction to jiujinan_book;
grant update (state, sent, next_at, lease_until, resolved_at, reference) on instruction to jiujinan_book;
alter table instruction enable row level security;
create policy book_sees_the_city on instruction to jiujinan_book using (true) with check (true);
