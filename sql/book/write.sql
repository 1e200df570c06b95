-- What nearly every batch writes, in one statement: each array holds rows of its table as they are, in the order of their keys.
-- No order among the parts is relied on (PostgreSQL runs them in reverse): a twin in another process waits at whichever row it shares
-- with ours, and fails when ours is committed. New people, claims and numbers are inserted plainly: two at once must
-- collide, not merge. Updates find their rows one by one, as the locks did, and touch no indexed column, so rows stay on their page.
-- $1 answer[], $2 new person[], $3 known officer[], $4 known case_counter[], $5 fund_totals[], $6 new incident[], $7 claim[],
-- $8 entry[], $9 aid_case[], $10 leaf[]
with
    answers as (
        insert into answer
        select * from unnest($1::answer[])
    ),
    persons as (
        insert into person
        select * from unnest($2::person[])
    ),
    officers as (
        update officer
        set day = new.day, day_granted = new.day_granted
        from unnest($3::officer[]) as new
        cross join lateral (
            select known.ctid as at from officer as known where known.officer = new.officer and known.city = new.city limit 1
        ) as found
        where officer.ctid = found.at
    ),
    counters as (
        update case_counter
        set day = new.day, last = new.last
        from unnest($4::case_counter[]) as new
        cross join lateral (
            select known.ctid as at from case_counter as known where known.street = new.street and known.city = new.city limit 1
        ) as found
        where case_counter.ctid = found.at
    ),
    funds as (
        update fund
        set credited = new.credited, held = new.held, paid = new.paid,
            day = new.day, day_granted = new.day_granted, version = new.version, loaned = new.loaned
        from unnest($5::fund_totals[]) as new
        cross join lateral (
            select known.ctid as at from fund as known where known.id = new.id and known.city = new.city limit 1
        ) as found
        where fund.ctid = found.at
    ),
    incidents as (
        insert into incident
        select * from unnest($6::incident[])
    ),
    claims as (
        insert into claim
        select * from unnest($7::claim[])
    ),
    entries as (
        insert into entry
        select * from unnest($8::entry[])
    ),
    cases as (
        insert into aid_case
        select * from unnest($9::aid_case[])
    ),
    leaves as (
        insert into leaf
        select * from unnest($10::leaf[])
        on conflict do nothing
        returning city, id
    )
insert into pending_leaf (city, id)
select city, id from leaves
