-- What these people were helped with before, in any street of the city.
-- $1 cities text[], $2 persons uuid[]
select
    claim.city, claim.person, claim.cause, claim.slot, claim.day, claim.incident_id, claim.case_id,
    aid_case.street, aid_case.day as case_day, aid_case.ordinal, aid_case.division, aid_case.sealed
from claim
join aid_case on aid_case.city = claim.city and aid_case.id = claim.case_id
where (claim.city, claim.person) in (select * from unnest($1::text[], $2::uuid[]))
