-- Who may do what: `book` writes, and never changes what is evidence; `api` reads what lies in the scope it states.

grant select on all tables in schema jiujinan to jiujinan_book, jiujinan_api;
revoke all on person, officer, answer, countersign_use, case_counter, pending_leaf from jiujinan_api;

grant insert on fund, entry, hold, person, officer, incident, case_counter, aid_case, claim, answer, countersign_use, leaf, pending_leaf
    to jiujinan_book;
grant update on fund, hold, person, officer, incident, case_counter, aid_case to jiujinan_book;

-- The scope of a read: `set local jiujinan.scope`, a division. Unset, nothing is visible.
create function in_scope(division text) returns boolean
    language sql stable
    return division >= nullif(current_setting('jiujinan.scope', true), '')
        and division < nullif(current_setting('jiujinan.scope', true), '') || ':';

alter table fund enable row level security;
alter table incident enable row level security;
alter table aid_case enable row level security;
alter table entry enable row level security;
alter table hold enable row level security;
alter table claim enable row level security;
alter table leaf enable row level security;

create policy book_sees_the_city on fund to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on incident to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on aid_case to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on entry to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on hold to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on claim to jiujinan_book using (true) with check (true);
create policy book_sees_the_city on leaf to jiujinan_book using (true) with check (true);

create policy api_reads_its_scope on fund for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on incident for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on aid_case for select to jiujinan_api using (in_scope(division));
create policy api_reads_its_scope on entry for select to jiujinan_api
    using (exists (select from fund where fund.city = entry.city and fund.id = entry.fund_id));
create policy api_reads_its_scope on claim for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = claim.city and aid_case.id = claim.case_id));
create policy api_reads_its_scope on hold for select to jiujinan_api
    using (exists (select from fund where fund.city = hold.city and fund.id = hold.fund_id));

-- How many funds there are in each state, for the metrics: a count over all cities, and nothing else of them.
create function fund_counts(out status fund_status, out funds bigint) returns setof record
    language sql stable security definer set search_path = jiujinan, pg_temp
    as 'select status, count(*) from fund group by status';
revoke execute on function fund_counts() from public;
grant execute on function fund_counts() to jiujinan_api;
