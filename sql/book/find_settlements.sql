-- What is read of settlements besides, once they are locked: what became of the messages of a batch (with their settlements, not
-- locked), the open holds of the settlements that are, and what stands of the bills of people whose year counts: their funds are locked. A statement of its own, because its snapshot must be younger than the locks.
-- $1 cities text[], $2 hospitals text[], $3 messages text[], $4 cities text[], $5 settlements uuid[], $6 cities text[],
-- $7 persons uuid[]
with
    said as (
        select found.*
        from unnest($1::text[], $2::text[], $3::text[]) as wanted (city, hospital, message_id)
        cross join lateral (
            select m.city, m.settlement_id, m as row
            from settlement_message as m
            where m.message_id = wanted.message_id and m.hospital = wanted.hospital and m.city = wanted.city
            limit 1
        ) as found
    )
select
    (select array_agg(row) from said) as messages,
    (
        select array_agg(found.row)
        from said
        cross join lateral (
            select s as row
            from settlement as s
            where s.id = said.settlement_id and s.city = said.city
            limit 1
        ) as found
    ) as settlements,
    (
        select array_agg(open.row)
        from unnest($4::text[], $5::uuid[]) as wanted (city, id)
        cross join lateral (
            select h as row
            from settlement_hold as h
            where h.settlement_id = wanted.id and h.city = wanted.city and h.state = 'held'
            order by h.id
        ) as open
    ) as holds,
    (
        select array_agg(borne.row)
        from unnest($6::text[], $7::uuid[]) as wanted (city, person)
        cross join lateral (
            select s as row
            from settlement as s
            where s.person = wanted.person and s.city = wanted.city and s.state = 'settled'
            order by s.settled_on desc
            limit 1000
        ) as borne
    ) as of_persons
