-- What a batch reads besides: answers under its keys, what its people were helped with before in any street of the city, countersigns
-- used before, and the clock. A statement of its own, because its snapshot must be younger than the locks.
-- $1 cities text[], $2 keys uuid[], $3 cities text[], $4 persons uuid[], $5 cities text[], $6 tokens uuid[]
select
    (
        select array_agg(found.row)
        from unnest($1::text[], $2::uuid[]) as wanted (city, id)
        cross join lateral (
            select a as row
            from answer as a
            where a.key = wanted.id and a.city = wanted.city
            limit 1
        ) as found
    ) as answers,
    (
        select array_agg(row (
            past.city, past.person, past.cause, past.slot, past.day, past.incident_id, past.case_id, helped.street, helped.day,
            helped.ordinal, helped.division, helped.sealed,
            helped.granted > 0 and (helped.person = past.person or past.person = any (helped.members))
        )::earlier_claim)
        from unnest($3::text[], $4::uuid[]) as wanted (city, id)
        cross join lateral (
            select claim.city, claim.person, claim.cause, claim.slot, claim.day, claim.incident_id, claim.case_id
            from claim
            where claim.person = wanted.id and claim.city = wanted.city
            offset 0
        ) as past
        cross join lateral (
            select aid_case.street, aid_case.day, aid_case.ordinal, aid_case.division, aid_case.sealed, aid_case.granted, aid_case.person,
                aid_case.members
            from aid_case
            where aid_case.id = past.case_id and aid_case.city = past.city
            limit 1
        ) as helped
    ) as claims,
    (
        select array_agg(found.row)
        from unnest($5::text[], $6::uuid[]) as wanted (city, id)
        cross join lateral (
            select c as row
            from countersign_use as c
            where c.token = wanted.id and c.city = wanted.city
            limit 1
        ) as found
    ) as countersigns,
    clock_timestamp() as now
