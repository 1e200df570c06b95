-- People who entered with a version, and who left with it: a change ends a row and begins another, and is neither.
-- $1 city text, $2 version bigint
select
    (
        select count(*)
        from roster_member as begun
        where begun.city = $1 and begun.from_version = $2
            and not exists (
                select from roster_member as ended
                where ended.city = $1 and ended.person = begun.person and ended.until_version = $2
            )
    ) as entered,
    (
        select count(*)
        from roster_member as ended
        where ended.city = $1 and ended.until_version = $2
            and not exists (
                select from roster_member as begun
                where begun.city = $1 and begun.person = ended.person and begun.from_version = $2
            )
    ) as left_count
