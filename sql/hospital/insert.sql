-- A version of what was agreed with a hospital.
-- $1 city text, $2 code text, $3 version bigint, $4 name text, $5 division text, $6 effective date, $7 registration smallint,
-- $8 consultation smallint, $9 examination smallint, $10 drugs smallint, $11 bed smallint, $12 deposits text, $13 who text,
-- $14 when timestamptz
insert into hospital (
    city, code, version, name, division, effective_from, registration, consultation, examination, drugs, bed, deposits,
    registered_by, registered_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
