-- What must never be found, whatever happened: each row names a rule that is broken and where.
with totals as (
    select
        city, fund_id,
        sum(amount) filter (where debit = 'treasury') as topped_up,
        sum(amount) filter (where credit = 'treasury') as withdrawn,
        sum(amount) filter (where credit = 'held') as into_held,
        sum(amount) filter (where debit = 'held') as out_of_held,
        sum(amount) filter (where credit = 'paid') as into_paid,
        sum(amount) filter (where debit = 'paid') as out_of_paid,
        count(distinct version) as versions,
        max(version) as last_version
    from entry
    group by city, fund_id
),
derived as (
    select
        fund.city, fund.id, fund.credited, fund.held, fund.paid, fund.version,
        coalesce(topped_up, 0) - coalesce(withdrawn, 0) as credited_by_entries,
        coalesce(into_held, 0) - coalesce(out_of_held, 0) as held_by_entries,
        coalesce(into_paid, 0) - coalesce(out_of_paid, 0) as paid_by_entries,
        coalesce(versions, 0) as versions,
        coalesce(last_version, 0) as last_version
    from fund
    left join totals on totals.city = fund.city and totals.fund_id = fund.id
),
moved as (
    select
        city, fund_id, case_id,
        sum(case when debit = 'available' then amount when credit = 'available' then -amount else 0 end) as amount
    from entry
    where case_id is not null
    group by city, fund_id, case_id
),
merged as (
    select merge.city, merge.case_id, merge.ordinal, merge.person_from, merge.person_to, merge.findings
    from identity_merge as merge
    where undoes is null
        and not exists (
            select from identity_merge as undo
            where undo.city = merge.city and undo.case_id = merge.case_id and undo.undoes = merge.ordinal
        )
),
running as (
    select
        city, fund_id, version, ordinal, credited, held, paid,
        sum(case when debit = 'treasury' then amount when credit = 'treasury' then -amount else 0 end) over entries as credited_so_far,
        sum(case when credit = 'held' then amount when debit = 'held' then -amount else 0 end) over entries as held_so_far,
        sum(case when credit = 'paid' then amount when debit = 'paid' then -amount else 0 end) over entries as paid_so_far
    from entry
    window entries as (partition by city, fund_id order by version, ordinal)
)
select 'fund totals equal the sums of its entries' as rule, id::text as at
from derived
where (credited, held, paid) <> (credited_by_entries, held_by_entries, paid_by_entries)
union all
select 'fund versions have no gaps', id::text
from derived
where version <> versions or version <> last_version
union all
select 'fund is never overspent', id::text
from fund
where paid + held > credited or (paid + held + floor > credited and paid + held > 0)
union all
select 'entries carry the totals after them', fund_id::text || '/' || version
from running
where (credited, held, paid) <> (credited_so_far, held_so_far, paid_so_far)
union all
select 'entry belongs to a fund', fund_id::text
from entry
where not exists (select from fund where fund.city = entry.city and fund.id = entry.fund_id)
union all
select 'held equals the open holds', fund.id::text
from fund
where held <> (
    select coalesce(sum(amount), 0) from hold where hold.city = fund.city and hold.fund_id = fund.id and state = 'held'
)
union all
select 'case moves what it grants', aid_case.id::text
from aid_case
left join moved on moved.city = aid_case.city and moved.fund_id = aid_case.fund_id and moved.case_id = aid_case.id
where granted - queued <> coalesce(moved.amount, 0)
union all
select 'case that grants has its applicant''s claim', aid_case.id::text
from aid_case
where granted > 0
    and not exists (
        select from claim where claim.city = aid_case.city and claim.case_id = aid_case.id and claim.person = aid_case.person
    )
union all
select 'claim belongs to a case that was granted', case_id::text
from claim
where not exists (
        select from aid_case where aid_case.city = claim.city and aid_case.id = claim.case_id and granted_on is not null
    )
union all
select 'person is helped once an incident', claim.person::text
from claim
join aid_case on aid_case.city = claim.city and aid_case.id = claim.case_id
where aid_case.granted > 0
    and (claim.person = aid_case.person or claim.person = any (aid_case.members))
    -- Somebody unknown was helped, and turned out to be a person who had been helped before: that was found, and stands in the merge.
    and not exists (
        select from merged
        where merged.city = claim.city and merged.case_id = claim.case_id and merged.person_to = claim.person
            and merged.findings && array['SAME_CAUSE', 'REVIEW_REQUIRED']
    )
group by claim.city, claim.person, claim.incident_id
having count(distinct claim.case_id) > 1
union all
select 'claim is of a person of its case, or of one that was merged', claim.case_id::text
from claim
join aid_case on aid_case.city = claim.city and aid_case.id = claim.case_id
where claim.person <> aid_case.person and claim.person <> all (aid_case.members)
    and not exists (
        select from identity_merge as merge
        where merge.city = claim.city and merge.case_id = claim.case_id and claim.person in (merge.person_from, merge.person_to)
    )
union all
select 'merged identity has left its case to the real person', merged.case_id::text
from merged
join aid_case on aid_case.city = merged.city and aid_case.id = merged.case_id
where merged.person_to <> all (aid_case.members || aid_case.person) or merged.person_from = any (aid_case.members || aid_case.person)
union all
select 'undo takes back a merge between the same two', undo.case_id::text
from identity_merge as undo
where undo.undoes is not null
    and not exists (
        select from identity_merge as merge
        where merge.city = undo.city and merge.case_id = undo.case_id and merge.ordinal = undo.undoes and merge.undoes is null
            and (merge.person_from, merge.person_to, merge.place) = (undo.person_to, undo.person_from, undo.place)
    )
union all
select 'merges of a case have no gaps', case_id::text
from identity_merge
group by city, case_id
having count(*) <> max(ordinal)
union all
select 'person''s year counts what is granted and not given back', person.person::text
from person
where year_granted <> (
    select coalesce(sum(granted), 0)
    from aid_case
    where aid_case.city = person.city and aid_case.person = person.person and granted > 0
        and extract(year from granted_on) = person.year
)
union all
select 'hold belongs to a case that grants', case_id::text
from hold
where state = 'held' and not exists (
        select from aid_case where aid_case.city = hold.city and aid_case.id = hold.case_id and granted > 0
    )
union all
select 'granted is what is paid, held and queued', aid_case.id::text
from aid_case
where granted <> queued + (
        select coalesce(sum(amount), 0) from hold where hold.city = aid_case.city and hold.case_id = aid_case.id and hold.state = 'held'
    ) + (
        select coalesce(sum((payment ->> 'amount_fen')::bigint), 0)
        from jsonb_array_elements(payments::jsonb) as payment
        where payment ->> 'state' = 'paid'
    )
union all
select 'case belongs to an incident', aid_case.id::text
from aid_case
where not exists (select from incident where incident.city = aid_case.city and incident.id = aid_case.incident_id)
union all
select 'leaf waits for its number or has one', leaf.id::text
from leaf
where not exists (select from pending_leaf where pending_leaf.city = leaf.city and pending_leaf.id = leaf.id)
