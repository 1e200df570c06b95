-- Cases locked before, as they are now. What they were accepted with stays, but for who their people turned out to be.
-- $1 aid_case[]
update aid_case
set fund_id = new.fund_id, state = new.state, lane = new.lane, code = new.code, granted = new.granted, approver = new.approver,
    completion_due = new.completion_due, completion_due_provisional = new.completion_due_provisional, missing = new.missing,
    policy_version = new.policy_version, decision = new.decision, question = new.question, payments = new.payments,
    parties = new.parties, person = new.person, members = new.members, fund_version = new.fund_version, version = new.version, granted_on = new.granted_on, queued = new.queued,
    queue_place = new.queue_place, options = new.options, review_due = new.review_due
from unnest($1::aid_case[]) as new
where aid_case.id = new.id and aid_case.city = new.city
