-- Granted cases of a division and some days that stand in no list yet, by street and day; the rule decides which of them may.
-- Served by case_numbers_are_unique: a case is granted on the day of its acceptance or later.
-- $1 city text, $2 division text, $3 first date, $4 last date, $5 limit bigint
select id, street, lane, cause, sealed, granted, granted_on, policy_version, parties
from aid_case
where city = $1
    and street >= left($2, 9) and street < left($2, 9) || ':'
    and division >= $2 and division < $2 || ':'
    and day <= $4
    and granted > 0 and granted_on >= $3 and granted_on <= $4
    and lane <> 'quick' and not sealed and cause <> 'violence'
    and not exists (select from publication_row as row where row.case_id = aid_case.id and row.city = aid_case.city)
order by street, granted_on, day, ordinal
limit $5
