-- Rows of a publication in their order; those of cases sealed since for auditors only.
-- $1 city text, $2 publication uuid, $3 sees sealed boolean
select
    row.place, row.case_id, row.street, row.lane, row.granted, row.granted_on, row.name, aid_case.sealed,
    aid_case.street as case_street, aid_case.day as case_day, aid_case.ordinal as case_ordinal
from publication_row as row
join aid_case on aid_case.city = row.city and aid_case.id = row.case_id
where row.city = $1 and row.publication_id = $2 and (not aid_case.sealed or $3)
order by row.place
