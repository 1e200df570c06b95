-- What is read of recoveries besides, once they are locked: which bank references were counted before, and when what they are
-- for was paid first and last. Of a case: last (the entries of its fund are walked back from the version that the case knows) and first (those since it was accepted). Of a
-- settlement: when clearings paid the fund's part. A statement of its own, because its snapshot must be
-- younger than the locks.
-- $1 cities text[], $2 recoveries uuid[], $3 bank references text[], $4 cities text[], $5 recoveries uuid[]
with
    counted as (
        select wanted.city, wanted.recovery_id, wanted.reference
        from unnest($1::text[], $2::uuid[], $3::text[]) as wanted (city, recovery_id, reference)
        where exists (
                select from recovery_receipt as known
                where known.recovery_id = wanted.recovery_id and known.reference = wanted.reference and known.city = wanted.city
            )
            or exists (
                select from recovery_refund as known
                where known.recovery_id = wanted.recovery_id and known.reference = wanted.reference and known.city = wanted.city
            )
    ),
    paid as (
        select wanted.city, wanted.id, last.at, coalesce(first.at, last.at) as first_at
        from unnest($4::text[], $5::uuid[]) as wanted (city, id)
        cross join lateral (
            select owed.case_id, owed.fund_id, helped.fund_version, helped.accepted_at
            from recovery as owed
            join aid_case as helped on helped.id = owed.case_id and helped.city = owed.city
            where owed.id = wanted.id and owed.city = wanted.city
            limit 1
        ) as of
        cross join lateral (
            select entry.at
            from entry
            where entry.fund_id = of.fund_id
                and entry.city = wanted.city
                and entry.version <= of.fund_version
                and entry.case_id = of.case_id
                and entry.credit = 'paid'
            order by entry.version desc, entry.ordinal desc
            limit 1
        ) as last
        cross join lateral (
            select min(entry.at) as at
            from entry
            where entry.fund_id = of.fund_id
                and entry.city = wanted.city
                and entry.version <= of.fund_version
                and entry.at >= of.accepted_at
                and entry.case_id = of.case_id
                and entry.credit = 'paid'
        ) as first
        union all
        select wanted.city, wanted.id, cleared.last_at, cleared.first_at
        from unnest($4::text[], $5::uuid[]) as wanted (city, id)
        cross join lateral (
            select owed.settlement_id, bearer.kind::text as payer
            from recovery as owed
            join fund as bearer on bearer.id = owed.fund_id and bearer.city = owed.city
            where owed.id = wanted.id and owed.city = wanted.city and owed.settlement_id is not null
            limit 1
        ) as of
        cross join lateral (
            select min(event.at) as first_at, max(event.at) as last_at
            from settlement_event as event
            where event.settlement_id = of.settlement_id
                and event.city = wanted.city
                and event.kind = 'cleared'
                and event.payer::text = of.payer
        ) as cleared
        where cleared.last_at is not null
    )
select
    (select coalesce(array_agg(city), '{}') from counted) as counted_cities,
    (select coalesce(array_agg(recovery_id), '{}') from counted) as counted_recoveries,
    (select coalesce(array_agg(reference), '{}') from counted) as counted_references,
    (select coalesce(array_agg(city), '{}') from paid) as paid_cities,
    (select coalesce(array_agg(id), '{}') from paid) as paid_recoveries,
    (select coalesce(array_agg(at), '{}') from paid) as paid_at,
    (select coalesce(array_agg(first_at), '{}') from paid) as paid_first_at
