-- What the verbs of a case need to know before they lock it, if it lies in the caller's scope (row security), and whether anybody of it
-- was merged into another person, in this case or elsewhere.
-- $1 city text, $2 id uuid
select
    c as row,
    exists (
        select from identity_merge as merged
        where merged.city = c.city and (merged.case_id = c.id or merged.person_from = any (c.members || c.person))
    ) as merged
from aid_case as c
where city = $1 and id = $2
