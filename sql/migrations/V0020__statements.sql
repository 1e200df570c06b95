-- Statements of banks: what they say of a fund's account, which line is which movement of ours, and what was booked by a line. All
-- migrations of an empty database run in one transaction: what an enum has got in it is compared as text.

create type statement_code as enum (
    'RETURNED_PAYMENT', 'INTEREST', 'FEE', 'UNKNOWN_CREDIT', 'MISSING_AT_BANK', 'MISSING_HERE', 'DUPLICATE_AT_BANK'
);
create type bank_movement_kind as enum (
    'top_up', 'loan', 'withdrawal', 'payment', 'return', 'clearing', 'recovery', 'cash_drawn', 'cash_paid_in', 'interest', 'fee',
    'unknown_credit'
);

create table statement (
    city text not null,
    id uuid not null,
    fund_id uuid not null,
    account uuid not null,
    sequence bigint not null,
    from_day date not null,
    to_day date not null,
    opening bigint not null,
    closing bigint not null,
    lines integer not null,
    file_sha256 bytea not null,
    imported_by text not null,
    imported_at timestamptz not null,
    primary key (id, city),
    constraint statement_file_is_taken_once unique (file_sha256, city),
    constraint statement_of_an_account_is_taken_once unique (account, sequence, city),
    constraint statement_ends_after_it_begins check (from_day <= to_day and lines >= 0)
);
comment on table statement is 'what a bank says of an account, file by file: written once';
comment on column statement.account is 'blind index of the number of the account';
-- Serves the statements of a fund.
create index statement_of_fund on statement (fund_id, sequence);

create table statement_line (
    city text not null,
    statement_id uuid not null,
    ordinal integer not null,
    fund_id uuid not null,
    file_line bigint not null,
    booked_on date not null,
    value_on date not null,
    amount bigint not null,
    balance bigint,
    hint statement_code,
    keys uuid[] not null,
    payees uuid[] not null,
    texts bytea not null,
    primary key (statement_id, ordinal, city),
    constraint line_moves_money check (amount <> 0),
    constraint hint_is_of_a_word check (hint in ('INTEREST', 'FEE'))
);
comment on table statement_line is 'one movement as the bank tells it; what came in is above zero, what went out below: written once';
comment on column statement_line.file_line is 'where it stands in the file';
comment on column statement_line.hint is 'what its words say that it is';
comment on column statement_line.keys is 'blind indexes of the words by which it may name a movement of ours';
comment on column statement_line.payees is 'blind indexes of name and account of the other side';
comment on column statement_line.texts is 'sealed: references, name and account of the other side';
-- Serves the open lines of a fund.
create index line_of_fund on statement_line (fund_id, booked_on);

create table statement_match (
    city text not null,
    statement_id uuid not null,
    line integer not null,
    fund_id uuid not null,
    version bigint not null,
    ordinal smallint not null,
    amount bigint not null,
    key uuid,
    officer text not null,
    countersigned_by text,
    at timestamptz not null,
    constraint line_is_matched_once primary key (statement_id, line, city),
    constraint movement_is_matched_once unique (fund_id, version, ordinal, city),
    constraint match_is_exact_or_signed_by_two check (key is not null or countersigned_by is not null),
    constraint nobody_matches_alone check (countersigned_by <> officer)
);
comment on table statement_match is 'which movement of a fund a line is: written once';
comment on column statement_match.version is 'with ordinal: the first entry of the movement';
comment on column statement_match.key is 'the word that named it; null: two officers said so';

create table statement_booking (
    city text not null,
    statement_id uuid not null,
    line integer not null,
    code statement_code not null,
    account account not null,
    fund_id uuid not null,
    version bigint not null,
    ordinal smallint not null,
    officer text not null,
    countersigned_by text not null,
    at timestamptz not null,
    constraint line_is_booked_once primary key (statement_id, line, city),
    constraint nobody_books_alone check (countersigned_by <> officer),
    constraint account_fits_the_code check (
        (code, account::text) in (
            ('INTEREST', 'interest_payable'), ('FEE', 'receivable'), ('UNKNOWN_CREDIT', 'other_payable'), ('RETURNED_PAYMENT', 'held')
        )
    )
);
comment on table statement_booking is 'what was booked because a line told of it, by two: written once';

-- What moved in a fund's account by our book, one row a movement: entries that left the bank or came to it. What a clearing pays is one
-- movement, whatever it pays for. Whoever asks has to see the fund.
create function bank_movements(
    wanted_city text, wanted_fund uuid,
    out version bigint, out ordinal smallint, out at timestamptz, out day date, out value_date date, out kind bank_movement_kind,
    out amount bigint, out case_id uuid, out payment_id uuid, out names text[]
) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as $$
        with
            told as (
                select
                    entry.*,
                    case
                        when debit = 'treasury' and credit = 'available' and source = 'loan' then 'loan'
                        when debit = 'treasury' and credit = 'available' and source::text is distinct from 'stock' then 'top_up'
                        when debit = 'available' and credit = 'treasury' and source = 'loan' then 'loan'
                        when debit = 'available' and credit = 'treasury' then 'withdrawal'
                        when debit = 'bank' and credit = 'cash_box' then 'cash_drawn'
                        when debit = 'cash_box' and credit = 'bank' then 'cash_paid_in'
                        when debit = 'bank' and credit = 'interest_payable' then 'interest'
                        when debit = 'bank' and credit::text = 'other_payable' then 'unknown_credit'
                        when debit = 'bank' and credit = 'receivable' then 'fee'
                        when debit = 'paid' and credit = 'held' and coalesce(payment_id, settlement_id) is not null then 'return'
                        when debit = 'paid' and credit = 'available' and recovery_id is not null then 'recovery'
                        when debit = 'held' and credit = 'paid' and settlement_id is not null then 'clearing'
                        when debit in ('held', 'available') and credit = 'paid' and payment_id is not null and exists (
                                select from instruction
                                where instruction.payment_id = entry.payment_id and instruction.city = entry.city
                            ) then 'payment'
                        -- Goods that came from no store were bought: their seller is paid through the account.
                        when debit in ('held', 'available') and credit = 'paid' and payment_id is not null
                            and exists (
                                select from aid_case
                                cross join lateral jsonb_array_elements(aid_case.payments::jsonb) as payment
                                where aid_case.id = entry.case_id
                                    and aid_case.city = entry.city
                                    and payment ->> 'id' = entry.payment_id::text
                                    and payment ->> 'method' = 'goods'
                            )
                            and not exists (
                                select from entry as stocked
                                where stocked.fund_id = entry.fund_id
                                    and stocked.version = entry.version
                                    and stocked.city = entry.city
                                    and stocked.payment_id = entry.payment_id
                                    and stocked.source::text = 'stock'
                            ) then 'payment'
                    end::bank_movement_kind as kind
                from entry
                where entry.fund_id = wanted_fund and entry.city = wanted_city
            ),
            moved as (
                select
                    told.version,
                    min(told.ordinal) as ordinal,
                    min(told.at) as at,
                    min(told.value_date) as value_date,
                    told.kind,
                    sum(
                        case
                            when told.debit = 'treasury' or told.credit::text in ('bank', 'interest_payable', 'other_payable') or told.debit = 'paid'
                                then told.amount
                            else -told.amount
                        end
                    )::bigint as amount,
                    min(told.reference) as reference,
                    (array_agg(told.case_id))[1] as case_id,
                    (array_agg(told.payment_id))[1] as payment_id,
                    (array_agg(told.recovery_id))[1] as recovery_id,
                    (array_agg(told.settlement_id))[1] as settlement_id
                from told
                where told.kind is not null
                -- What a clearing pays, or brings back, is one movement of the account.
                group by
                    told.version,
                    told.kind,
                    case when told.kind in ('clearing', 'return') and told.settlement_id is not null then null else told.ordinal end
            )
        select
            moved.version,
            moved.ordinal,
            moved.at,
            (moved.at at time zone interval '8 hours')::date,
            moved.value_date,
            moved.kind,
            moved.amount,
            moved.case_id,
            moved.payment_id,
            array_remove(
                array[moved.reference, moved.payment_id::text, paid.receipt_number, received.reference] || cleared.ids, null
            )
        from moved
        left join lateral (
            select payment ->> 'receipt_number' as receipt_number
            from aid_case
            cross join lateral jsonb_array_elements(aid_case.payments::jsonb) as payment
            where aid_case.id = moved.case_id
                and aid_case.city = wanted_city
                and moved.kind in ('payment', 'return')
                and payment ->> 'id' = moved.payment_id::text
            limit 1
        ) as paid on true
        left join lateral (
            select array_agg(distinct clearing.id::text) as ids
            from clearing
            where moved.kind in ('clearing', 'return')
                and moved.settlement_id is not null
                and clearing.city = wanted_city
                and clearing.fund_id = wanted_fund
                and moved.settlement_id = any (clearing.settlements)
                and case
                    when moved.kind = 'return' then clearing.state = 'returned'
                    -- Recorded before payments went through a bank: paid as it was made.
                    when cardinality(clearing.amounts) = 0 then clearing.at = moved.at
                    else exists (
                        select from settlement_hold as hold
                        where hold.city = wanted_city
                            and hold.clearing_id = clearing.id
                            and hold.settlement_id = moved.settlement_id
                            and hold.resolved_at = moved.at
                    )
                end
        ) as cleared on true
        left join lateral (
            select receipt.reference
            from recovery_receipt as receipt
            where moved.kind = 'recovery'
                and receipt.recovery_id = moved.recovery_id
                and receipt.city = wanted_city
                and receipt.at = moved.at
                and receipt.to_fund = moved.amount
            limit 1
        ) as received on true
    $$;
comment on function bank_movements is 'names: the words by which a bank may name the movement';
revoke execute on function bank_movements(text, uuid) from public;
grant execute on function bank_movements(text, uuid) to jiujinan_book, jiujinan_api;
-- Serves the clearings that movements are.
create index clearing_of_fund on clearing (fund_id, at);

-- What a fund's book says before a moment, part by part: its money is at the bank, but for what is in its cash boxes and what the bank
-- took for itself. Whoever asks has to see the fund.
create function book_before(
    wanted_city text, wanted_fund uuid, moment timestamptz,
    out credited bigint, out held bigint, out paid bigint, out interest_payable bigint, out other_payable bigint, out receivable bigint,
    out cash_boxes bigint
) returns record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as $$
        select
            coalesce(totals.credited, 0),
            coalesce(totals.held, 0),
            coalesce(totals.paid, 0),
            coalesce(sums.interest_payable, 0)::bigint,
            coalesce(sums.other_payable, 0)::bigint,
            coalesce(sums.receivable, 0)::bigint,
            (coalesce(sums.cash, 0) - coalesce(handed_over.amount, 0))::bigint
        from (
            select
                sum(case when entry.credit::text = 'interest_payable' then entry.amount when entry.debit::text = 'interest_payable' then -entry.amount end) as interest_payable,
                sum(case when entry.credit::text = 'other_payable' then entry.amount when entry.debit::text = 'other_payable' then -entry.amount end) as other_payable,
                sum(case when entry.credit::text = 'receivable' then entry.amount when entry.debit::text = 'receivable' then -entry.amount end) as receivable,
                sum(case when entry.credit::text = 'cash_box' then entry.amount when entry.debit::text = 'cash_box' then -entry.amount end) as cash
            from entry
            where entry.fund_id = wanted_fund and entry.city = wanted_city and entry.at < moment
        ) as sums
        cross join lateral (
            select sum(entry.amount) as amount
            from entry
            join aid_case on aid_case.id = entry.case_id and aid_case.city = entry.city
            cross join lateral jsonb_array_elements(aid_case.payments::jsonb) as payment
            where entry.fund_id = wanted_fund
                and entry.city = wanted_city
                and entry.at < moment
                and entry.credit = 'paid'
                and payment ->> 'id' = entry.payment_id::text
                and payment ->> 'method' = 'cash'
        ) as handed_over
        left join lateral (
            select entry.credited, entry.held, entry.paid
            from entry
            where entry.fund_id = wanted_fund and entry.city = wanted_city and entry.at < moment
            order by entry.version desc, entry.ordinal desc
            limit 1
        ) as totals on true
    $$;
revoke execute on function book_before(text, uuid, timestamptz) from public;
grant execute on function book_before(text, uuid, timestamptz) to jiujinan_book, jiujinan_api;

grant select, insert on statement, statement_line, statement_match, statement_booking to jiujinan_book;
grant select on statement, statement_line, statement_match, statement_booking to jiujinan_api;
alter table statement enable row level security;
alter table statement_line enable row level security;
alter table statement_match enable row level security;
alter table statement_booking enable row level security;
create policy book_sees_the_city on statement to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on statement_line to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on statement_match to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on statement_booking to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on statement for select to jiujinan_api
    using (exists (select from fund where fund.city = statement.city and fund.id = statement.fund_id));
create policy api_reads_its_scope on statement_line for select to jiujinan_api
    using (exists (select from fund where fund.city = statement_line.city and fund.id = statement_line.fund_id));
create policy api_reads_its_scope on statement_match for select to jiujinan_api
    using (exists (select from fund where fund.city = statement_match.city and fund.id = statement_match.fund_id));
create policy api_reads_its_scope on statement_booking for select to jiujinan_api
    using (exists (select from fund where fund.city = statement_booking.city and fund.id = statement_booking.fund_id));
