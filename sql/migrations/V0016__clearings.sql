-- Clearings go through a bank, as other payments do: instructed, sent, paid or refused, and possibly sent back.

create type clearing_state as enum ('instructed', 'dispatched', 'unknown', 'paid', 'refused', 'returned');

-- What was recorded before was paid outside, and stays as it is.
alter table clearing
    add column amounts bigint[] not null default '{}',
    add column state clearing_state not null default 'paid',
    add column version bigint not null default 1;
alter table clearing
    alter column amounts drop default,
    alter column state drop default,
    alter column version drop default,
    add constraint clearing_says_what_each_settlement_gets check (cardinality(amounts) in (0, cardinality(settlements)));
comment on table clearing is 'what a fund pays a hospital for a list of settlements, and how far the bank is with it';
comment on column clearing.amounts is 'what each of its settlements gets, in their order; empty: recorded before payments went through a bank';

alter table settlement_hold
    add column clearing_id uuid,
    add constraint what_is_under_way_is_not_given_back check (clearing_id is null or state in ('held', 'captured'));
comment on column settlement_hold.clearing_id is 'the clearing that is to pay it, or that paid it; null: free to be paid or given back';

alter table instruction alter column case_id drop not null;
comment on column instruction.payment_id is 'the payment of a case, or a clearing: what the bank knows it by';
comment on column instruction.case_id is 'null: it is a clearing';

alter type settlement_event_kind add value 'returned';
-- As texts: a value that is added in this transaction can not be named in it.
alter table settlement_event
    drop constraint payer_says_a_result,
    add constraint payer_says_a_result check (
        (kind::text in ('result', 'cleared', 'returned')) = (payer is not null and status is not null and amount is not null)
    );

-- Clearings that no instruction was made for yet, over all cities.
create index clearing_to_be_sent on clearing (at) where state = 'instructed';
create function unsent_clearings(most integer, out city text, out clearing_id uuid) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select city, id from clearing where state = ''instructed'' order by at limit most';
revoke execute on function unsent_clearings(integer) from public;
grant execute on function unsent_clearings(integer) to jiujinan_api;

grant update (state, version) on clearing to jiujinan_book;
grant update (clearing_id) on settlement_hold to jiujinan_book;
