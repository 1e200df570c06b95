-- Funds opened.
-- $1 cities text[], $2 ids uuid[], $3 divisions text[], $4 kinds fund_kind[], $5 names text[], $6 targets bigint[],
-- $7 floors bigint[], $8 case caps, $9 day caps, $10 person-year caps, $11 officer-day caps bigint[],
-- $12 accounts bytea[], $13 subject codes text[] (joined by commas), $14 opened timestamptz[]
insert into fund (
    city, id, division, kind, name, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, subject_codes, opened_at
)
select
    city, id, division, kind, name, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, string_to_array(subject_codes, ','), opened_at
from unnest(
    $1::text[], $2::uuid[], $3::text[], $4::fund_kind[], $5::text[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
    $12::bytea[], $13::text[], $14::timestamptz[]
) as new (
    city, id, division, kind, name, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap,
    account, subject_codes, opened_at
)
