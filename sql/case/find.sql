-- One case, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select
    id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, handler, approver,
    accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, queued, review_due, decision, payments, parties
from aid_case
where city = $1 and id = $2
