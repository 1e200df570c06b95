-- Ends the rows of people whom the file changes or puts out: a last day that has passed is an exit.
-- $1 city text, $2 version bigint, $3 today date
update roster_member as member
set until_version = $2, left_on = case when staged.valid_to < $3 then staged.valid_to end
from roster_staging as staged
where member.city = $1
    and member.person = staged.person
    and member.until_version is null
    and (
        staged.valid_to < $3
        or (member.name_digest, member.household, member.category, member.valid_from, member.valid_to)
            is distinct from (staged.name_digest, staged.household, staged.category, staged.valid_from, staged.valid_to)
    )
