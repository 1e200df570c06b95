-- Retention: what a hook was told is kept for a while after it ended, then deleted. That something was deleted is kept.

create table hook_forgotten (
    city text not null,
    hook_id uuid not null,
    state delivery_state not null,
    made_until timestamptz not null,
    deliveries bigint not null,
    primary key (hook_id, state, city),
    constraint only_what_ended_is_forgotten check (state <> 'pending'),
    constraint something_was_forgotten check (deliveries > 0)
);
comment on table hook_forgotten is 'up to when deliveries of a hook were deleted because they had been kept long enough';
comment on column hook_forgotten.made_until is 'when the youngest of them was made: who asks for these again is told that they are gone';

-- Serves the look for what was kept long enough.
create index delivery_ended on hook_delivery (state, ended_at) where state <> 'pending';

-- Deletes up to so many of each state that ended so long ago, at least a day, and never one that is still to be sent. That papers are
-- overdue is told once: such a delivery stays while papers are missing, or it would be told again. Rows that another server deletes
-- are left to it. No role may delete deliveries otherwise.
create function forget_deliveries(keep_delivered interval, keep_dead interval, most bigint) returns bigint
    language sql volatile security definer set search_path = jiujinan, pg_temp
    as '
        with delivered as (
            select old.id, old.city
            from hook_delivery as old
            where old.state = ''delivered'' and old.ended_at < clock_timestamp() - greatest(keep_delivered, interval ''1 day'')
                and not (old.event = ''case.completion_overdue'' and exists (
                    select from aid_case as late where late.id = old.subject and late.city = old.city and late.missing <> ''{}''
                ))
            order by old.ended_at
            limit most
            for update skip locked
        ), dead as (
            select old.id, old.city
            from hook_delivery as old
            where old.state = ''dead'' and old.ended_at < clock_timestamp() - greatest(keep_dead, interval ''1 day'')
                and not (old.event = ''case.completion_overdue'' and exists (
                    select from aid_case as late where late.id = old.subject and late.city = old.city and late.missing <> ''{}''
                ))
            order by old.ended_at
            limit most
            for update skip locked
        ), gone as (
            delete from hook_delivery as old
            using (select id, city from delivered union all select id, city from dead) as ended
            where old.id = ended.id and old.city = ended.city
            returning old.city, old.hook_id, old.state, old.made_at
        ), noted as (
            insert into hook_forgotten (city, hook_id, state, made_until, deliveries)
            select gone.city, gone.hook_id, gone.state, max(gone.made_at), count(*)
            from gone
            group by gone.city, gone.hook_id, gone.state
            order by gone.hook_id, gone.state, gone.city
            on conflict (hook_id, state, city) do update
            set made_until = greatest(hook_forgotten.made_until, excluded.made_until),
                deliveries = hook_forgotten.deliveries + excluded.deliveries
        )
        select count(*) from gone';
revoke execute on function forget_deliveries(interval, interval, bigint) from public;
grant execute on function forget_deliveries(interval, interval, bigint) to jiujinan_book;

grant select on hook_forgotten to jiujinan_book;

alter table hook_forgotten enable row level security;
create policy book_sees_the_city on hook_forgotten to jiujinan_book using (true) with check (true);
