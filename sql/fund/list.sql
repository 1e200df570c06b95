-- Funds of the caller's scope (row security), in the order of their opening.
-- $1 city text, $2 after id uuid, $3 limit bigint
select
    city, id, division, kind, name, status, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, status_reason, subject_codes, credited, held, paid, day, day_granted, version, settings_version, opened_at
from fund
where city = $1 and ($2::uuid is null or id > $2)
order by id
limit $3
