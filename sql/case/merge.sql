-- The last merge of a case that stands, if it lies in the caller's scope (row security): what an undo takes back.
-- $1 city text, $2 case uuid
select merged.ordinal, merged.place, merged.person_from, merged.person_to, merged.party
from identity_merge as merged
where merged.city = $1 and merged.case_id = $2 and merged.undoes is null
    and not exists (
        select from identity_merge as undo
        where undo.case_id = merged.case_id and undo.undoes = merged.ordinal and undo.city = merged.city
    )
order by merged.ordinal desc
limit 1
