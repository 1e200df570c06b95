-- Locks the recoveries that a batch may change, and returns them: those named, those of its cases, those of its debtors, and those of
-- its settlements. Cases, debtors and settlements are locked before, so that no other recovery of them is imposed meanwhile.
-- $1 cities text[], $2 recoveries uuid[], $3 cities text[], $4 cases uuid[], $5 cities text[], $6 debtors uuid[], $7 cities text[],
-- $8 settlements uuid[]
select (
    select array_agg(found.row)
    from (
        select id, city from unnest($1::text[], $2::uuid[]) as named (city, id)
        union
        select imposed.id, imposed.city
        from unnest($3::text[], $4::uuid[]) as named (city, case_id)
        cross join lateral (
            select other.id, other.city
            from recovery as other
            where other.case_id = named.case_id and other.city = named.city
            offset 0
        ) as imposed
        union
        select owed.id, owed.city
        from unnest($5::text[], $6::uuid[]) as named (city, debtor)
        cross join lateral (
            select other.id, other.city
            from recovery as other
            where other.debtor = named.debtor and other.city = named.city
            offset 0
        ) as owed
        union
        select asked.id, asked.city
        from unnest($7::text[], $8::uuid[]) as named (city, settlement_id)
        cross join lateral (
            select other.id, other.city
            from recovery as other
            where other.settlement_id = named.settlement_id and other.city = named.city
            offset 0
        ) as asked
        order by id, city
    ) as wanted
    cross join lateral (
        select r as row
        from recovery as r
        where r.id = wanted.id and r.city = wanted.city
        limit 1
        for no key update
    ) as found
) as recoveries
