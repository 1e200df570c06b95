-- What the verbs of a case need to know before they lock it, if it lies in the caller's scope (row security), and whether anybody of it
-- was merged into another person, in this case or elsewhere.
-- $1 city text, $2 id uuid
select
    c as row,
    exists (select from identity_merge as own where own.case_id = c.id and own.city = c.city)
        or exists (
            select from identity_merge as elsewhere
            where elsewhere.person_from = any (c.members || c.person) and elsewhere.undoes is null and elsewhere.city = c.city
        ) as merged
from aid_case as c
where city = $1 and id = $2
