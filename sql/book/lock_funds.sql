-- Locks funds: those named, and the streets' own. The lock returns the newest row, whatever this statement's snapshot shows.
-- $1 cities text[], $2 ids uuid[], $3 cities text[], $4 divisions text[]
select
    city, id, division, kind, name, status, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, status_reason, subject_codes, credited, held, paid, day, day_granted, version, settings_version, opened_at
from fund
where (city, id) in (
    select * from unnest($1::text[], $2::uuid[])
    union
    select reserve.city, reserve.id
    from unnest($3::text[], $4::text[]) as wanted (city, division)
    join fund as reserve on reserve.city = wanted.city and reserve.division = wanted.division
    where reserve.kind = 'street_reserve' and reserve.status <> 'closed'
)
order by city, id
for no key update
