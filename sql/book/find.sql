-- What a batch reads besides: answers under its keys, what its people were helped with before in any street of the city, countersigns
-- used before, and the clock. A statement of its own, because its snapshot must be younger than the locks.
-- $1 cities text[], $2 keys uuid[], $3 cities text[], $4 persons uuid[], $5 cities text[], $6 tokens uuid[]
select
    (
        select array_agg(a)
        from answer as a
        where (a.key, a.city) in (select id, city from unnest($1::text[], $2::uuid[]) as wanted (city, id))
    ) as answers,
    (
        select array_agg(row (
            claim.city, claim.person, claim.cause, claim.slot, claim.day, claim.incident_id, claim.case_id, aid_case.street,
            aid_case.day, aid_case.ordinal, aid_case.division, aid_case.sealed
        )::earlier_claim)
        from claim
        join aid_case on aid_case.id = claim.case_id and aid_case.city = claim.city
        where (claim.person, claim.city) in (select id, city from unnest($3::text[], $4::uuid[]) as wanted (city, id))
    ) as claims,
    (
        select array_agg(c)
        from countersign_use as c
        where (c.token, c.city) in (select id, city from unnest($5::text[], $6::uuid[]) as wanted (city, id))
    ) as countersigns,
    clock_timestamp() as now
