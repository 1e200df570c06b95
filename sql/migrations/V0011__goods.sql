-- Goods of a store: what a street (or its county) has counted in, and hands out when money is short.

create table goods (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    name text not null,
    unit text not null,
    value bigint not null,
    stock bigint not null,
    version bigint not null,
    registered_by text not null,
    registered_at timestamptz not null,
    primary key (id, city),
    constraint goods_lie_in_their_city check (division like city || '%'),
    constraint goods_are_worth_something check (value > 0),
    constraint stock_is_never_overdrawn check (stock >= 0)
) with (fillfactor = 50);
comment on column goods.value is 'of one unit, in fen: what a household is granted with it';
-- Serves the list of a store.
create index goods_by_division on goods (division, id);

create type goods_move_kind as enum ('delivered', 'handed_out', 'counted');
create table goods_move (
    city text not null,
    goods_id uuid not null,
    version bigint not null,
    kind goods_move_kind not null,
    change bigint not null,
    stock bigint not null,
    case_id uuid,
    officer text not null,
    at timestamptz not null,
    reference text,
    primary key (goods_id, version, city),
    constraint goods_move_as_their_kind_says check (
        case kind when 'delivered' then change > 0 and case_id is null when 'handed_out' then change < 0 and case_id is not null
            else case_id is null end
    ),
    constraint goods_move_leaves_a_stock check (stock >= 0)
);
comment on table goods_move is 'what came into a store, went out of it, or was counted differently: written once, one version of the goods each';

-- What is handed out is credited to the fund in kind and paid at once: the books show it, the bank does not.
alter type topup_source add value 'stock';

grant select, insert, update on goods to jiujinan_book;
grant select, insert on goods_move to jiujinan_book;
grant select on goods, goods_move to jiujinan_api;
alter table goods enable row level security;
alter table goods_move enable row level security;
create policy book_sees_the_city on goods to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on goods_move to jiujinan_book using (true) with check (true);
-- The store of a county serves its streets.
create policy api_reads_around_its_scope on goods for select to jiujinan_api using (in_scope(division) or around_scope(division));
create policy api_reads_its_scope on goods_move for select to jiujinan_api
    using (exists (select from goods where goods.city = goods_move.city and goods.id = goods_move.goods_id and in_scope(goods.division)));
