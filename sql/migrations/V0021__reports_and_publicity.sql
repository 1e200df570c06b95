-- Monthly and quarterly reports, derived from cases and entries; lists made public, and what was published when.

-- Serves reports: cases lie in the order of their acceptance, so that a month is a few ranges of pages.
create index case_by_time on aid_case using brin (accepted_at) with (pages_per_range = 16);
-- Serves the threshold below which no figure counts sealed cases; holds nothing but those.
create index sealed_case_by_time on aid_case (city, accepted_at) where sealed;
-- Serves papers due in a month and overdue at its end; cases of the quick lane owe none.
create index case_by_completion on aid_case (completion_due) where completion_due is not null;
-- Serves papers that came after the end of a month.
create index paper_by_time on paper using brin (at);

-- Entries of the cases of a division within the caller's scope and a time span, whichever fund they are of: a street's figures do not
-- depend on who may see the fund that paid. No fund's totals, references or other accounts.
create function case_movements(wanted_city text, wanted_division text, begins timestamptz, ends timestamptz)
    returns table (case_id uuid, fund_id uuid, at timestamptz, debit account, credit account, amount bigint, recovered boolean)
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select entry.case_id, entry.fund_id, entry.at, entry.debit, entry.credit, entry.amount, entry.recovery_id is not null
        from entry
        join aid_case on aid_case.city = entry.city and aid_case.id = entry.case_id
        where entry.city = wanted_city and entry.at >= begins and entry.at < ends and entry.case_id is not null
            and (entry.debit = ''paid'' or entry.credit = ''paid'')
            and aid_case.division >= wanted_division and aid_case.division < wanted_division || '':''
            and in_scope(aid_case.division)';
revoke execute on function case_movements(text, text, timestamptz, timestamptz) from public;
grant execute on function case_movements(text, text, timestamptz, timestamptz) to jiujinan_api;

-- What funds held for the cases of a division within the caller's scope at a moment, whichever fund.
create function case_holds_at(wanted_city text, wanted_division text, moment timestamptz)
    returns table (case_id uuid, fund_id uuid, amount bigint)
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select hold.case_id, hold.fund_id, hold.amount
        from hold
        join aid_case on aid_case.city = hold.city and aid_case.id = hold.case_id
        where hold.city = wanted_city and hold.held_at < moment and (hold.resolved_at is null or hold.resolved_at >= moment)
            and aid_case.division >= wanted_division and aid_case.division < wanted_division || '':''
            and in_scope(aid_case.division)';
revoke execute on function case_holds_at(text, text, timestamptz) from public;
grant execute on function case_holds_at(text, text, timestamptz) to jiujinan_api;

create table publication (
    city text not null,
    id uuid not null,
    division text collate "C" not null,
    granted_from date not null,
    granted_to date not null,
    cases integer not null,
    published_at timestamptz not null,
    published_by text not null,
    take_down_on date not null,
    primary key (id, city),
    constraint publication_lies_in_its_city check (division like city || '%'),
    constraint publication_is_of_a_span check (granted_from <= granted_to),
    constraint nothing_is_published_for_nobody check (cases > 0),
    constraint publication_is_shown_for_a_while check (take_down_on > (published_at at time zone 'Asia/Shanghai')::date)
);
comment on table publication is 'a list made public: written once';
comment on column publication.take_down_on is 'the first day on which it is not shown any more';
-- Serves the list of publications.
create index publication_by_division on publication (city, division, id);

create table publication_row (
    city text not null,
    publication_id uuid not null,
    place integer not null,
    case_id uuid not null,
    street text collate "C" not null,
    lane lane not null,
    granted bigint not null,
    granted_on date not null,
    name bytea not null,
    primary key (publication_id, place, city),
    constraint case_is_published_once unique (case_id, city),
    constraint quick_aid_is_never_published check (lane <> 'quick'),
    constraint published_case_was_granted check (granted > 0)
);
comment on table publication_row is 'what was published of a case, as it was then: written once';
comment on column publication_row.name is 'sealed under a data key of its own: the masked name as it was published';

create table publication_take_down (
    city text not null,
    publication_id uuid not null,
    at timestamptz not null,
    officer text not null,
    reason bytea not null,
    constraint publication_is_taken_down_once primary key (publication_id, city)
);
comment on table publication_take_down is 'a publication taken down before its day';
comment on column publication_take_down.reason is 'sealed';

grant select, insert on publication, publication_row, publication_take_down to jiujinan_book;
grant select on publication, publication_row, publication_take_down to jiujinan_api;

alter table publication enable row level security;
alter table publication_row enable row level security;
alter table publication_take_down enable row level security;
create policy book_sees_the_city on publication to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on publication_row to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on publication_take_down to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on publication for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on publication_row for select to jiujinan_api using (
    exists (select from publication where publication.city = publication_row.city and publication.id = publication_row.publication_id)
);
create policy api_reads_its_scope on publication_take_down for select to jiujinan_api using (
    exists (select from publication where publication.city = publication_take_down.city and publication.id = publication_take_down.publication_id)
);
