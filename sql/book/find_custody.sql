-- What is known of cash boxes: the last shift of each box (with its open shift, which is the last one), what was paid in cash after it
-- while nobody held the box that somebody wants to open, the open shift of whoever wants to open one, shifts by their id with the cash paid in them, differences, signatures, and whether somebody has approved cases
-- of a fund that still hold money free to be paid in cash. Funds are locked before, so that no shift opens or closes meanwhile.
-- $1 cities text[], $2 streets text[], $3 funds uuid[] (null: the street's reserve), $4 who opens text[], $5 cities text[],
-- $6 shifts uuid[], $7 cities text[], $8 differences uuid[], $9 cities text[], $10 payments uuid[]
with
    boxes as (
        select wanted.city, wanted.street, coalesce(wanted.fund_id, reserve.id) as fund_id, wanted.officer
        from unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) as wanted (city, street, fund_id, officer)
        left join lateral (
            select r.id
            from fund as r
            where wanted.fund_id is null
                and r.city = wanted.city
                and r.division = wanted.street collate "C"
                and r.kind = 'street_reserve'
                and r.status <> 'closed'
            limit 1
        ) as reserve on true
    ),
    differences as (
        select found.row, found.fund_id, found.street, found.city
        from unnest($7::text[], $8::uuid[]) as wanted (city, id)
        cross join lateral (
            select d as row, d.fund_id, d.street, d.city
            from cash_difference as d
            where d.id = wanted.id and d.city = wanted.city
            limit 1
        ) as found
    ),
    between_shifts as (
        select last.city, last.id, paid.count, paid.amount
        from boxes
        cross join lateral (
            select s.city, s.id
            from custody_shift as s
            where s.fund_id = boxes.fund_id and s.street = boxes.street collate "C" and s.city = boxes.city
            order by s.ordinal desc
            limit 1
        ) as last
        cross join lateral (
            select count(*) as count, coalesce(sum(p.amount), 0)::bigint as amount
            from cash_paid_after(last.city, last.id) as p
        ) as paid
    ),
    shifts as (
        select last.row
        from (
            select city, street, fund_id from boxes
            union
            select city, street, fund_id from differences
        ) as box
        cross join lateral (
            select s as row
            from custody_shift as s
            where s.fund_id = box.fund_id and s.street = box.street collate "C" and s.city = box.city
            order by s.ordinal desc
            limit 1
        ) as last
        union all
        select own.row
        from boxes
        cross join lateral (
            select s as row
            from custody_shift as s
            where s.custodian = boxes.officer and s.city = boxes.city and s.closed_at is null
            limit 1
        ) as own
        union all
        select named.row
        from unnest($5::text[], $6::uuid[]) as wanted (city, id)
        cross join lateral (
            select s as row
            from custody_shift as s
            where s.id = wanted.id and s.city = wanted.city
            limit 1
        ) as named
    ),
    approving as (
        select boxes.city, boxes.fund_id, boxes.officer
        from boxes
        where exists (
                select from hold
                cross join lateral (
                    select from aid_case
                    where aid_case.id = hold.case_id and aid_case.city = hold.city and aid_case.approver = boxes.officer
                    limit 1
                ) as approved
                where hold.fund_id = boxes.fund_id and hold.city = boxes.city and hold.state = 'held' and hold.payment_id is null
            )
    )
select
    (select array_agg(row) from shifts) as shifts,
    (
        select array_agg(paid.row)
        from unnest($5::text[], $6::uuid[]) as wanted (city, id)
        cross join lateral (select p as row from cash_paid_in(wanted.city, wanted.id) as p) as paid
    ) as paid,
    (select coalesce(array_agg(city), '{}') from between_shifts) as between_cities,
    (select coalesce(array_agg(id), '{}') from between_shifts) as between_shifts,
    (select coalesce(array_agg(count), '{}') from between_shifts) as between_counts,
    (select coalesce(array_agg(amount), '{}') from between_shifts) as between_amounts,
    (select array_agg(row) from differences) as differences,
    (
        select array_agg(found.row)
        from unnest($9::text[], $10::uuid[]) as wanted (city, id)
        cross join lateral (
            select s as row
            from cash_signature as s
            where s.payment_id = wanted.id and s.city = wanted.city
            limit 1
        ) as found
    ) as signatures,
    (select coalesce(array_agg(city), '{}') from approving) as approving_cities,
    (select coalesce(array_agg(fund_id), '{}') from approving) as approving_funds,
    (select coalesce(array_agg(officer), '{}') from approving) as approving_officers
