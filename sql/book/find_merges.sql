-- Who the people of cases were taken for, and which people are temporary identities that are known to be somebody else by now. Sent only
-- for batches that name such cases or people; its snapshot is younger than the locks.
-- $1 cities text[], $2 cases uuid[], $3 cities text[], $4 persons uuid[]
with
    identified as (
        select wanted.city, wanted.person
        from unnest($3::text[], $4::uuid[]) as wanted (city, person)
        where exists (
                select from identity_merge as merged
                where merged.person_from = wanted.person and merged.undoes is null and merged.city = wanted.city
                    and not exists (
                        select from identity_merge as undo
                        where undo.case_id = merged.case_id and undo.undoes = merged.ordinal and undo.city = merged.city
                    )
            )
    )
select
    (
        select array_agg(found.row)
        from unnest($1::text[], $2::uuid[]) as wanted (city, id)
        cross join lateral (
            select m as row
            from identity_merge as m
            where m.case_id = wanted.id and m.city = wanted.city
            order by m.ordinal
        ) as found
    ) as merges,
    (select coalesce(array_agg(city), '{}') from identified) as identified_cities,
    (select coalesce(array_agg(person), '{}') from identified) as identified_persons
