-- Whose row began or ended after a version: as it stands now, or nothing. The two halves share nobody: who has a row that stands
-- is of the first.
-- $1 city text, $2 known version bigint
select person, true as stands, name_digest, category, valid_from, valid_to
from roster_member
where city = $1 and from_version > $2 and until_version is null
union all
select distinct person, false, 0::bigint, 'dibao'::roster_category, '0001-01-01'::date, null::date
from roster_member as ended
where ended.city = $1
    and ended.until_version > $2
    and not exists (
        select from roster_member as standing
        where standing.city = $1 and standing.person = ended.person and standing.until_version is null
    )
