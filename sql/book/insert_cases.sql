-- Cases, with decision, question, payments and sealed parties inside.
-- $1 cities text[], $2 ids uuid[], $3 streets text[], $4 days date[], $5 ordinals integer[], $6 divisions text[],
-- $7 funds uuid[], $8 incidents uuid[], $9 causes cause[], $10 states case_state[], $11 lanes lane[], $12 codes text[],
-- $13 requested bigint[], $14 granted bigint[], $15 persons uuid[], $16 handlers text[], $17 approvers text[],
-- $18 accepted timestamptz[], $19 due date[], $20 provisional boolean[], $21 missing text[] (joined by commas),
-- $22 sealed boolean[], $23 policy versions text[], $24 decisions text[], $25 questions text[], $26 payments text[],
-- $27 parties bytea[], $28 fund versions bigint[]
insert into aid_case (
    city, id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, person,
    handler, approver, accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, decision,
    question, payments, parties, fund_version
)
select
    city, id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, person,
    handler, approver, accepted_at, due, provisional, string_to_array(missing, ','), sealed, policy_version, decision,
    question, payments, parties, fund_version
from unnest(
    $1::text[], $2::uuid[], $3::text[], $4::date[], $5::integer[], $6::text[], $7::uuid[], $8::uuid[], $9::cause[],
    $10::case_state[], $11::lane[], $12::text[], $13::bigint[], $14::bigint[], $15::uuid[], $16::text[], $17::text[],
    $18::timestamptz[], $19::date[], $20::boolean[], $21::text[], $22::boolean[], $23::text[], $24::text[], $25::text[],
    $26::text[], $27::bytea[], $28::bigint[]
) as new (
    city, id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, person,
    handler, approver, accepted_at, due, provisional, missing, sealed, policy_version, decision, question, payments, parties,
    fund_version
)
