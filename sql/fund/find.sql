-- One fund, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select
    city, id, division, kind, name, status, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, status_reason, subject_codes, credited, held, paid, day, day_granted, version, settings_version, opened_at
from fund
where city = $1 and id = $2
