-- Settings, status and totals of a fund locked before, all at once: a constraint compares them.
-- $1 city text, $2 id uuid, $3 name text, $4 status fund_status, $5 target, $6 floor, $7 case cap, $8 day cap,
-- $9 person-year cap, $10 officer-day cap bigint, $11 account bytea, $12 settings version, $13 credited, $14 held, $15 paid bigint,
-- $16 day date, $17 day_granted, $18 version bigint, $19 status reason bytea, $20 loaned bigint, $21 custodians text[]
update fund
set name = $3, status = $4, target = $5, floor = $6, case_cap = $7, fund_day_cap = $8,
    person_year_cap = $9, officer_day_cap = $10, account = $11, settings_version = $12,
    credited = $13, held = $14, paid = $15, day = $16, day_granted = $17, version = $18, status_reason = $19, loaned = $20,
    custodians = $21
where city = $1 and id = $2
