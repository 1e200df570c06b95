-- Money to be paid back: what was imposed, what came of it, what was given up, what was taken back.

create type recovery_state as enum ('open', 'settled', 'written_off', 'cancelled');
create type write_off_reason as enum ('deceased', 'hardship', 'uncollectable');

create table recovery (
    city text not null,
    id uuid not null,
    case_id uuid not null,
    fund_id uuid not null,
    division text collate "C" not null,
    debtor uuid not null,
    party bytea not null,
    state recovery_state not null,
    principal bigint not null,
    fine bigint not null,
    repaid_principal bigint not null,
    repaid_fine bigint not null,
    to_fund bigint not null,
    overpaid bigint not null,
    refunded bigint not null,
    written_off_principal bigint not null,
    written_off_fine bigint not null,
    dues date[] not null,
    amounts bigint[] not null,
    bar_until date,
    authority_ref text not null,
    imposed_by text not null,
    imposed_at timestamptz not null,
    version bigint not null,
    primary key (id, city),
    constraint recovery_has_a_principal check (principal > 0 and fine >= 0),
    constraint recovery_takes_no_more_than_is_owed check (
        least(repaid_principal, repaid_fine, written_off_principal, written_off_fine) >= 0
        and repaid_principal + written_off_principal <= principal
        and repaid_fine + written_off_fine <= fine
    ),
    constraint recovery_returns_what_was_repaid check (to_fund >= 0 and to_fund <= repaid_principal),
    constraint cancelled_recovery_keeps_nothing check (state <> 'cancelled' or repaid_principal + repaid_fine = 0),
    constraint recovery_refunds_what_was_overpaid check (refunded >= 0 and refunded <= overpaid),
    constraint recovery_is_open_while_something_is_owed check (
        state = 'cancelled'
        or (state = 'open') = (repaid_principal + repaid_fine + written_off_principal + written_off_fine < principal + fine)
    ),
    constraint recovery_is_due_in_instalments check (cardinality(dues) between 1 and 60 and cardinality(amounts) = cardinality(dues))
) with (fillfactor = 80);
comment on table recovery is 'money to be paid back for a case, by a decision in writing; the case itself stays as it was decided';
comment on column recovery.fund_id is 'the fund that paid the case';
comment on column recovery.debtor is 'blind index of the debtor: any person, the payee or another';
comment on column recovery.party is 'sealed: the debtor, under a data key of its own';
comment on column recovery.to_fund is 'what of the principal went back to the fund';
comment on column recovery.dues is 'the days on which its instalments are due, with their amounts in `amounts`';

-- Serves the recoveries of a case.
create index recovery_of_case on recovery (case_id);
-- Serves the recoveries of a debtor.
create index recovery_of_debtor on recovery (debtor);

create table recovery_receipt (
    city text not null,
    id uuid not null,
    recovery_id uuid not null,
    amount bigint not null,
    principal bigint not null,
    fine bigint not null,
    overpaid bigint not null,
    to_fund bigint not null,
    to_treasury bigint not null,
    reference text not null,
    received_on date not null,
    officer text not null,
    at timestamptz not null,
    primary key (id, city),
    constraint receipt_is_counted_once unique (recovery_id, reference, city),
    constraint receipt_is_split_wholly check (
        amount > 0 and least(principal, fine, overpaid) >= 0 and amount = principal + fine + overpaid
    ),
    constraint fine_never_returns_to_a_fund check (
        to_fund >= 0 and to_fund <= principal and to_treasury = principal + fine - to_fund
    )
);
comment on table recovery_receipt is 'money that came in for a recovery: written once';

create table recovery_write_off (
    city text not null,
    id uuid not null,
    recovery_id uuid not null,
    principal bigint not null,
    fine bigint not null,
    reason write_off_reason not null,
    note bytea not null,
    officer text not null,
    countersigned_by text not null,
    at timestamptz not null,
    primary key (id, city),
    constraint write_off_gives_something_up check (least(principal, fine) >= 0 and principal + fine > 0),
    constraint nobody_writes_off_alone check (countersigned_by <> officer)
);
comment on table recovery_write_off is 'what was given up of a recovery, by two: written once';
comment on column recovery_write_off.note is 'sealed';
create index write_off_of_recovery on recovery_write_off (recovery_id);

create table recovery_refund (
    city text not null,
    id uuid not null,
    recovery_id uuid not null,
    amount bigint not null,
    reference text not null,
    officer text not null,
    countersigned_by text not null,
    at timestamptz not null,
    primary key (id, city),
    constraint refund_is_made_once unique (recovery_id, reference, city),
    constraint refund_has_an_amount check (amount > 0),
    constraint nobody_refunds_alone check (countersigned_by <> officer)
);
comment on table recovery_refund is 'what was paid back of an over-payment, by two: written once';

create table recovery_cancellation (
    city text not null,
    id uuid not null,
    recovery_id uuid not null,
    note bytea not null,
    officer text not null,
    countersigned_by text not null,
    at timestamptz not null,
    primary key (id, city),
    constraint recovery_is_taken_back_once unique (recovery_id, city),
    constraint nobody_cancels_alone check (countersigned_by <> officer)
);
comment on table recovery_cancellation is 'that a recovery was imposed in error and taken back, by two: written once';
comment on column recovery_cancellation.note is 'sealed';

alter table entry add column recovery_id uuid;
comment on column entry.recovery_id is 'the recovery by which a payment of the case came back to the fund';

grant select, insert on recovery, recovery_receipt, recovery_write_off, recovery_refund, recovery_cancellation to jiujinan_book;
grant update (
    state, repaid_principal, repaid_fine, to_fund, overpaid, refunded, written_off_principal, written_off_fine, version
) on recovery to jiujinan_book;
grant select on recovery, recovery_receipt, recovery_write_off, recovery_refund, recovery_cancellation to jiujinan_api;

alter table recovery enable row level security;
alter table recovery_receipt enable row level security;
alter table recovery_write_off enable row level security;
alter table recovery_refund enable row level security;
alter table recovery_cancellation enable row level security;
create policy book_sees_the_city on recovery to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on recovery_receipt to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on recovery_write_off to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on recovery_refund to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on recovery_cancellation to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on recovery for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on recovery_receipt for select to jiujinan_api
    using (exists (select from recovery where recovery.city = recovery_receipt.city and recovery.id = recovery_receipt.recovery_id));
create policy api_reads_its_scope on recovery_write_off for select to jiujinan_api
    using (exists (select from recovery where recovery.city = recovery_write_off.city and recovery.id = recovery_write_off.recovery_id));
create policy api_reads_its_scope on recovery_refund for select to jiujinan_api
    using (exists (select from recovery where recovery.city = recovery_refund.city and recovery.id = recovery_refund.recovery_id));
create policy api_reads_its_scope on recovery_cancellation for select to jiujinan_api
    using (
        exists (select from recovery where recovery.city = recovery_cancellation.city and recovery.id = recovery_cancellation.recovery_id)
    );
