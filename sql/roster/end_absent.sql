-- Ends the rows of people who are not in a whole roster.
-- $1 city text, $2 version bigint
update roster_member as member
set until_version = $2
where member.city = $1
    and member.until_version is null
    and not exists (select from roster_staging as staged where staged.person = member.person)
