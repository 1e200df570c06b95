-- Begins a row for everybody in the file who has none that stands, unless their last day has passed.
-- $1 city text, $2 version bigint, $3 today date
insert into roster_member (city, person, name_digest, household, category, valid_from, valid_to, from_version)
select $1, staged.person, staged.name_digest, staged.household, staged.category, staged.valid_from, staged.valid_to, $2
from roster_staging as staged
where (staged.valid_to is null or staged.valid_to >= $3)
    and not exists (
        select from roster_member as member
        where member.city = $1 and member.person = staged.person and member.until_version is null
    )
