-- A fund opened.
-- $1 city text, $2 id uuid, $3 division text, $4 kind fund_kind, $5 name text, $6 target, $7 floor, $8 case cap, $9 day cap,
-- $10 person-year cap, $11 officer-day cap bigint, $12 account bytea, $13 subject codes text[], $14 opened timestamptz
insert into fund (
    city, id, division, kind, name, target, floor, case_cap, fund_day_cap, person_year_cap, officer_day_cap, account, subject_codes,
    opened_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
