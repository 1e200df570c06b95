-- Cash custody: who holds the box of a window, what is counted, drawn, paid in and signed for, and what is found to differ.

-- The values are not used here: a new value of an enum cannot be used in the transaction that adds it.
alter type topup_source add value 'cash_short';
alter type topup_source add value 'cash_over';
alter type alarm_kind add value 'cash_difference';

alter table fund add column custodians text[] not null default '{}';
comment on column fund.custodians is 'who holds an open shift of a cash box of this fund: they approve nothing that it pays';

create type cash_direction as enum ('drawn', 'paid_in');
create type received_by as enum ('payee', 'proxy');
create type difference_found as enum ('opening', 'closing');
create type difference_outcome as enum ('replaced', 'explained', 'booked');

create table custody_shift (
    city text not null,
    id uuid not null,
    fund_id uuid not null,
    street text collate "C" not null,
    ordinal integer not null,
    custodian text not null,
    opened_at timestamptz not null,
    opened_version bigint not null,
    opening bigint not null,
    paid_between bigint not null,
    paid_between_count bigint not null,
    drawn bigint not null,
    paid_in bigint not null,
    put_back bigint not null,
    put_back_after bigint not null,
    closed_at timestamptz,
    closed_version bigint,
    closed_by text,
    paid bigint,
    closing bigint,
    note bytea,
    primary key (id, city),
    constraint shift_counts_no_less_than_nothing check (
        opening >= 0 and paid_between >= 0 and drawn >= 0 and paid_in >= 0 and put_back >= 0 and put_back_after >= 0 and paid >= 0 and closing >= 0
    ),
    constraint what_is_paid_between_shifts_is_payments check (
        paid_between_count >= 0 and (paid_between = 0) = (paid_between_count = 0)
    ),
    constraint closed_shift_is_counted check (
        (closed_at is null) = (closing is null)
        and (closed_at is null) = (paid is null)
        and (closed_at is null) = (closed_version is null)
        and (closed_at is null) = (closed_by is null)
        and (closed_at is not null or put_back_after = 0)
    )
) with (fillfactor = 80);
comment on table custody_shift is 'a cash box (of a fund, at a street''s window) in the hands of one officer, from count to count';
comment on column custody_shift.ordinal is 'which shift of its box';
comment on column custody_shift.opened_version is 'version of the fund at the opening: cash paid under later ones was paid in this shift';
comment on column custody_shift.opening is 'what was counted at the opening';
comment on column custody_shift.paid_between is 'cash paid while nobody held the box: under the versions from the closing before to the opening';
comment on column custody_shift.paid_between_count is 'in how many payments';
comment on column custody_shift.put_back is 'missing cash that came back into the box during the shift';
comment on column custody_shift.put_back_after is 'the same after its closing: the next opening is compared with closing + put_back_after − its paid_between';
comment on column custody_shift.closed_version is 'version of the fund at the closing';
comment on column custody_shift.paid is 'cash paid under the versions from opening to closing';
comment on column custody_shift.closing is 'what was counted at the closing';
comment on column custody_shift.note is 'sealed';

-- Two who open one box at once collide, and so does one who opens two.
create unique index one_open_shift_a_box on custody_shift (fund_id, street, city) where closed_at is null;
create unique index one_open_shift_a_custodian on custody_shift (custodian, city) where closed_at is null;
-- Serves the look for the last shift of a box.
create unique index shifts_of_a_box_are_numbered on custody_shift (fund_id, street, ordinal, city);
-- Serves the list of shifts.
create index shift_by_street on custody_shift (street, id);

create table cash_transfer (
    city text not null,
    id uuid not null,
    shift_id uuid not null,
    fund_id uuid not null,
    fund_version bigint not null,
    direction cash_direction not null,
    amount bigint not null,
    reference text not null,
    value_date date not null,
    at timestamptz not null,
    primary key (id, city),
    constraint cash_transfer_moves_money check (amount > 0)
);
comment on table cash_transfer is 'cash drawn from the bank into a box, or paid in: which shift an entry belongs to';
create index transfer_of_shift on cash_transfer (shift_id);

create table cash_difference (
    city text not null,
    id uuid not null,
    shift_id uuid not null,
    fund_id uuid not null,
    street text collate "C" not null,
    found difference_found not null,
    amount bigint not null,
    expected bigint not null,
    holders text[] not null,
    found_at timestamptz not null,
    outcome difference_outcome,
    resolved_by text,
    countersigned_by text,
    resolved_at timestamptz,
    note bytea,
    primary key (id, city),
    constraint difference_is_one check (amount <> 0),
    constraint difference_is_resolved_by_two check (
        (outcome is null) = (resolved_by is null)
        and (outcome is null) = (countersigned_by is null)
        and (outcome is null) = (resolved_at is null)
        and resolved_by <> countersigned_by
    ),
    constraint nobody_resolves_what_they_held check (resolved_by <> all (holders) and countersigned_by <> all (holders)),
    constraint only_what_is_short_is_put_back check (outcome <> 'replaced' or amount < 0),
    constraint what_nobody_recorded_is_explained check (outcome = 'explained' or expected >= 0)
);
comment on table cash_difference is 'a count that is not what the box should hold: a case of its own, resolved by two who did not hold it';
comment on column cash_difference.amount is 'counted less expected: below zero when cash is missing';
comment on column cash_difference.expected is 'what the box should have held: below zero when more was paid than is known to have come in';
comment on column cash_difference.holders is 'who held the box around the count';
comment on column cash_difference.note is 'sealed';
-- A count differs once.
create unique index one_difference_a_count on cash_difference (shift_id, found, city);
-- Serves the list of differences.
create index difference_by_street on cash_difference (street, id);

create table cash_signature (
    city text not null,
    payment_id uuid not null,
    case_id uuid not null,
    received_by received_by not null,
    signature_ref text not null,
    officer text not null,
    at timestamptz not null,
    primary key (payment_id, city)
);
comment on table cash_signature is 'the signatures on a cash payment that were not there when it was made: who received, where that is kept, and which officer says so';

-- Serves the question whether somebody who opens a shift has approved what may still be paid in cash.
create index free_hold_of_fund on hold (fund_id) where state = 'held' and payment_id is null;

create type cash_paid as (
    city text,
    shift_id uuid,
    case_id uuid,
    payment_id uuid,
    amount bigint,
    receipt_number text,
    signed boolean,
    sealed boolean
);

-- The cash that a fund paid in a street under the versions above one and up to another (null: up to now), as paid by a shift: entries
-- that pay a case of the street in cash. For the two functions below only.
create function cash_paid_under(
    wanted_city text, wanted_shift uuid, wanted_fund uuid, wanted_street text, above_version bigint, last_version bigint
) returns setof cash_paid
    language sql stable
    as $$
        select wanted_city, wanted_shift, made.case_id, made.payment_id, made.amount, paid.receipt_number, paid.signed, paid.sealed
        from (
            select entry.case_id, entry.payment_id, entry.amount, entry.version, entry.ordinal
            from entry
            where entry.fund_id = wanted_fund
                and entry.version > above_version
                and (last_version is null or entry.version <= last_version)
                and entry.city = wanted_city
                and entry.credit = 'paid'
                and entry.payment_id is not null
            offset 0
        ) as made
        cross join lateral (
            select
                payment ->> 'receipt_number' as receipt_number,
                aid_case.sealed,
                payment ->> 'signature_ref' is not null or exists (
                    select from cash_signature
                    where cash_signature.payment_id = made.payment_id and cash_signature.city = wanted_city
                ) as signed
            from aid_case
            cross join lateral jsonb_array_elements(aid_case.payments::jsonb) as payment
            where aid_case.id = made.case_id
                and aid_case.city = wanted_city
                and aid_case.street = wanted_street
                and payment ->> 'id' = made.payment_id::text
                and payment ->> 'method' = 'cash'
                and payment ->> 'state' = 'paid'
            limit 1
        ) as paid
        order by made.version, made.ordinal
    $$;
revoke execute on function cash_paid_under(text, uuid, uuid, text, bigint, bigint) from public;

-- The cash paid in a shift: under the versions from its opening to its closing. A fund may lie above the street, so that the window
-- does not see its entries: whoever asks has to see the shift.
create function cash_paid_in(wanted_city text, wanted_shift uuid) returns setof cash_paid
    language sql stable security definer set search_path = jiujinan, pg_temp
    as $$
        select
            paid.city, paid.shift_id, paid.case_id, paid.payment_id, paid.amount, paid.receipt_number, paid.signed, paid.sealed
        from custody_shift as shift
        cross join lateral cash_paid_under(
            shift.city, shift.id, shift.fund_id, shift.street, shift.opened_version, shift.closed_version
        ) as paid
        where shift.id = wanted_shift and shift.city = wanted_city
    $$;
revoke execute on function cash_paid_in(text, uuid) from public;
grant execute on function cash_paid_in(text, uuid) to jiujinan_book, jiujinan_api;

-- The cash paid after a shift, while nobody held the box: under the versions from its closing to the opening of the next one, if there
-- is one by now. Of an open shift, none.
create function cash_paid_after(wanted_city text, wanted_shift uuid) returns setof cash_paid
    language sql stable security definer set search_path = jiujinan, pg_temp
    as $$
        select
            paid.city, paid.shift_id, paid.case_id, paid.payment_id, paid.amount, paid.receipt_number, paid.signed, paid.sealed
        from custody_shift as shift
        left join custody_shift as next
            on next.fund_id = shift.fund_id
                and next.street = shift.street
                and next.ordinal = shift.ordinal + 1
                and next.city = shift.city
        cross join lateral cash_paid_under(
            shift.city, shift.id, shift.fund_id, shift.street, shift.closed_version, next.opened_version
        ) as paid
        where shift.id = wanted_shift and shift.city = wanted_city and shift.closed_version is not null
    $$;
revoke execute on function cash_paid_after(text, uuid) from public;
grant execute on function cash_paid_after(text, uuid) to jiujinan_book;

grant select, insert on custody_shift, cash_transfer, cash_difference, cash_signature to jiujinan_book;
grant select on custody_shift, cash_transfer, cash_difference, cash_signature to jiujinan_api;
grant update (drawn, paid_in, put_back, put_back_after, closed_at, closed_version, closed_by, paid, closing, note) on custody_shift
    to jiujinan_book;
grant update (outcome, resolved_by, countersigned_by, resolved_at, note) on cash_difference to jiujinan_book;

alter table custody_shift enable row level security;
alter table cash_transfer enable row level security;
alter table cash_difference enable row level security;
alter table cash_signature enable row level security;
create policy book_sees_the_city on custody_shift to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on cash_transfer to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on cash_difference to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on cash_signature to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on custody_shift for select to jiujinan_api using (in_scope(street));
create policy api_reads_its_scope on cash_transfer for select to jiujinan_api
    using (exists (select from custody_shift where custody_shift.city = cash_transfer.city and custody_shift.id = cash_transfer.shift_id));
create policy api_reads_its_scope on cash_difference for select to jiujinan_api using (in_scope(street));
create policy api_reads_its_scope on cash_signature for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = cash_signature.city and aid_case.id = cash_signature.case_id));
