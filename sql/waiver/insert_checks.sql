-- Checks with their leaves; those that are there already are left out. Returns the newest roster of each city, as of this statement.
-- $1 waiver_check[], $2 leaf[], $3 cities text[]
with
    checks as (
        insert into waiver_check
        select * from unnest($1::waiver_check[])
        on conflict do nothing
    ),
    leaves as (
        insert into leaf
        select * from unnest($2::leaf[])
        on conflict do nothing
        returning city, id
    ),
    pending as (
        insert into pending_leaf (city, id)
        select city, id from leaves
    )
select wanted.city, coalesce(max(roster_version.version), 0) as version
from unnest($3::text[]) as wanted (city)
left join roster_version on roster_version.city = wanted.city
group by wanted.city
