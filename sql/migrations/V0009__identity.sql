-- Unknown people: a temporary identity is merged into a real one, and a wrong merge is taken back. Both are rows; none is changed.

create table identity_merge (
    city text not null,
    case_id uuid not null,
    ordinal smallint not null,
    id uuid not null,
    undoes smallint,
    place smallint not null,
    person_from uuid not null,
    person_to uuid not null,
    officer text not null,
    at timestamptz not null,
    findings text[] not null,
    released bigint not null,
    party bytea not null,
    note bytea,
    bar_before date,
    bar_carried date,
    primary key (case_id, ordinal, city),
    constraint merge_joins_two_persons check (person_from <> person_to),
    constraint merges_are_counted_from_one check (ordinal >= 1),
    constraint undo_follows_its_merge check (undoes < ordinal),
    constraint only_a_merge_releases check (released >= 0 and (undoes is null or (released = 0 and findings = '{}')))
);
comment on table identity_merge is 'who a person of a case was taken for: a merge of a temporary identity into a real one, or the undo of such a merge';
comment on column identity_merge.undoes is 'the merge of the case that this row takes back; null: a merge';
comment on column identity_merge.place is 'the place of the person among the parties of the case';
comment on column identity_merge.person_from is 'who left the case: of a merge the temporary identity, of an undo the real one';
comment on column identity_merge.findings is 'codes by which the real person would have been granted less; what was paid stays paid';
comment on column identity_merge.released is 'given back to the fund by the merge, in fen; an undo does not take it again';
comment on column identity_merge.party is 'sealed: the party as it was before, put away';
comment on column identity_merge.note is 'sealed under `id`';
comment on column identity_merge.bar_carried is 'the bar of the temporary identity that the real person has by this merge; null: no later one was carried';
comment on column identity_merge.bar_before is 'the bar that the real person had before one was carried';

create unique index merge_is_taken_back_once on identity_merge (case_id, undoes, city) where undoes is not null;
-- Serves the look whether a temporary identity is a known person by now.
create index merge_by_person on identity_merge (person_from) where undoes is null;

-- The members of cases that were granted before members were kept: those that have claims besides the applicant.
update aid_case
set members = household.members
from (
    select claim.city, claim.case_id, array_agg(distinct claim.person) as members
    from claim
    join aid_case as own on own.city = claim.city and own.id = claim.case_id
    where claim.person <> own.person
    group by claim.city, claim.case_id
) as household
where aid_case.city = household.city and aid_case.id = household.case_id and aid_case.members = '{}';

grant select, insert on identity_merge to jiujinan_book;
grant select on identity_merge to jiujinan_api;
alter table identity_merge enable row level security;
create policy book_sees_the_city on identity_merge to jiujinan_book using (true) with check (true);
create policy api_reads_its_scope on identity_merge for select to jiujinan_api
    using (exists (select from aid_case where aid_case.city = identity_merge.city and aid_case.id = identity_merge.case_id));
