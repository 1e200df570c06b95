-- One case with what is told of merged identities, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select
    id, street, day, ordinal, division, fund_id, incident_id, cause, state, lane, code, requested, granted, handler, approver,
    accepted_at, completion_due, completion_due_provisional, missing, sealed, policy_version, queued, review_due, decision, payments, parties,
    merged.times as merge_times, merged.officers as merge_officers, merged.undone as merges_undone
from aid_case
cross join lateral (
    select
        coalesce(array_agg(merge.at order by merge.ordinal), '{}') as times,
        coalesce(array_agg(merge.officer order by merge.ordinal), '{}') as officers,
        coalesce(array_agg(undo.at order by merge.ordinal), '{}') as undone
    from identity_merge as merge
    left join identity_merge as undo on undo.case_id = merge.case_id and undo.undoes = merge.ordinal and undo.city = merge.city
    where merge.case_id = aid_case.id and merge.city = aid_case.city and merge.undoes is null
) as merged
where city = $1 and id = $2
