-- One case with what its printed forms name besides, if it lies in the caller's scope (row security): a fund or an incident of a wider
-- area is left out.
-- $1 city text, $2 id uuid
select
    c.id, c.street, c.day, c.ordinal, c.division, c.fund_id, c.incident_id, c.cause, c.state, c.lane, c.code, c.requested, c.granted,
    c.handler, c.approver, c.accepted_at, c.completion_due, c.completion_due_provisional, c.missing, c.sealed, c.policy_version, c.queued, c.review_due,
    c.decision, c.payments, c.parties, f.name as fund_name, i.place, i.occurred_at, i.sealed as incident_sealed, i.reported_by,
    n.id as decline_id, n.note as decline_note, n.at as declined_at
from aid_case as c
left join fund as f on f.city = c.city and f.id = c.fund_id
left join incident as i on i.city = c.city and i.id = c.incident_id
left join lateral (
    select said.id, said.note, said.at
    from case_note as said
    where said.case_id = c.id and said.city = c.city and said.kind = 'decline'
    order by said.id desc
    limit 1
) as n on true
where c.city = $1 and c.id = $2
