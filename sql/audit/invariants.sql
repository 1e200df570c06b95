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
    where case_id is not null and recovery_id is null
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
) + (
    select coalesce(sum(amount), 0)
    from settlement_hold as hold
    where hold.city = fund.city and hold.fund_id = fund.id and state = 'held'
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
union all
select 'a stock is the sum of what went in and out', goods.id::text
from goods
where row (stock, version) <> (
        select coalesce(sum(change), 0)::bigint, count(*) from goods_move where goods_move.city = goods.city and goods_id = goods.id
    )
union all
select 'goods handed out are payments of their case, at their value', goods_move.goods_id::text || '/' || goods_move.version
from goods_move
join goods on goods.city = goods_move.city and goods.id = goods_move.goods_id
where kind = 'handed_out'
    and not exists (
        select from aid_case, jsonb_array_elements(aid_case.payments::jsonb) as payment
        where aid_case.city = goods_move.city and aid_case.id = goods_move.case_id
            and (payment #>> '{goods,id}')::uuid = goods.id
            and (payment #>> '{goods,quantity}')::bigint = -change
            and (payment ->> 'amount_fen')::bigint = -change * goods.value
    )
union all
select 'what is credited in kind is paid in goods', fund_id::text || '/' || version
from entry
where source = 'stock'
    and not exists (
        select from entry as paid
        where paid.city = entry.city and paid.fund_id = entry.fund_id and paid.version = entry.version
            and paid.payment_id = entry.payment_id and paid.amount = entry.amount and paid.credit = 'paid'
    )
union all
select 'fund knows who holds its boxes', fund.id::text
from fund
where (select coalesce(array_agg(custodian order by custodian), '{}') from unnest(custodians) as custodian) <> (
        select coalesce(array_agg(custodian order by custodian), '{}')
        from custody_shift
        where custody_shift.city = fund.city and custody_shift.fund_id = fund.id and closed_at is null
    )
union all
select 'shift moved what its transfers say', shift.id::text
from custody_shift as shift
where (drawn, paid_in) <> (
        select coalesce(sum(amount) filter (where direction = 'drawn'), 0), coalesce(sum(amount) filter (where direction = 'paid_in'), 0)
        from cash_transfer
        where cash_transfer.city = shift.city and cash_transfer.shift_id = shift.id
    )
union all
select 'cash moves by transfers and differences', fund.id::text
from fund
where (
        select coalesce(sum(case when credit = 'cash_box' then amount when debit = 'cash_box' then -amount else 0 end), 0)
        from entry
        where entry.city = fund.city and entry.fund_id = fund.id
    ) <> (
        select coalesce(sum(drawn - paid_in), 0)
        from custody_shift
        where custody_shift.city = fund.city and custody_shift.fund_id = fund.id
    ) + (
        select coalesce(sum(amount), 0)
        from cash_difference
        where cash_difference.city = fund.city and cash_difference.fund_id = fund.id and outcome = 'booked'
    )
union all
select 'cash transfer has its entry', transfer.id::text
from cash_transfer as transfer
where not exists (
        select from entry
        where entry.city = transfer.city
            and entry.fund_id = transfer.fund_id
            and entry.version = transfer.fund_version
            and entry.amount = transfer.amount
            and (entry.debit, entry.credit) = (
                case direction when 'drawn' then 'bank'::account else 'cash_box' end,
                case direction when 'drawn' then 'cash_box'::account else 'bank' end
            )
    )
union all
select 'closed shift paid what its fund paid in cash', shift.id::text
from custody_shift as shift
where closed_at is not null
    and paid <> (select coalesce(sum(amount), 0) from cash_paid_in(shift.city, shift.id))
union all
select 'shifts of a box follow each other', shift.id::text
from custody_shift as shift
where ordinal > 1 and not exists (
        select from custody_shift as before
        where before.city = shift.city
            and before.fund_id = shift.fund_id
            and before.street = shift.street
            and before.ordinal = shift.ordinal - 1
            and before.closed_version <= shift.opened_version
    )
union all
select 'every count that differs is a case of its own', counted.id::text || '/' || counted.found
from (
    select
        shift.city,
        shift.id,
        'opening'::difference_found as found,
        shift.opening as count,
        coalesce(before.closing + before.put_back_after - shift.paid_between, least(shift.opening, coalesce(fund_had.amount, 0))) as expected
    from custody_shift as shift
    left join custody_shift as before
        on before.city = shift.city
            and before.fund_id = shift.fund_id
            and before.street = shift.street
            and before.ordinal = shift.ordinal - 1
    left join lateral (
        select entry.credited - entry.paid as amount
        from entry
        where entry.city = shift.city and entry.fund_id = shift.fund_id and entry.version <= shift.opened_version
        order by entry.version desc, entry.ordinal desc
        limit 1
    ) as fund_had on true
    union all
    select city, id, 'closing', closing, opening + drawn + put_back - paid_in - paid
    from custody_shift
    where closed_at is not null
) as counted
full join cash_difference as kept on kept.city = counted.city and kept.shift_id = counted.id and kept.found = counted.found
where coalesce(kept.amount, 0) <> coalesce(counted.count - counted.expected, 0)
    or kept.expected <> counted.expected
union all
select 'cash paid between two shifts is in neither', shift.id::text
from custody_shift as shift
left join custody_shift as before
    on before.city = shift.city
        and before.fund_id = shift.fund_id
        and before.street = shift.street
        and before.ordinal = shift.ordinal - 1
where (shift.paid_between, shift.paid_between_count) <> (
        select coalesce(sum(amount), 0), count(*)
        from cash_paid_after(before.city, before.id)
    )
union all
select 'a count that differs is told once', difference.id::text
from cash_difference as difference
where 1 <> (
        select count(*)
        from alarm
        where alarm.city = difference.city
            and alarm.about = difference.id
            and alarm.kind = 'cash_difference'
            and alarm.division = difference.street
            and alarm.amount = abs(difference.amount)
    )
union all
select 'what was put back was missing', box.fund_id::text || '/' || box.street
from (
    select city, fund_id, street, sum(put_back + put_back_after) as back
    from custody_shift
    group by city, fund_id, street
) as box
where back <> (
        select coalesce(-sum(amount), 0)
        from cash_difference
        where cash_difference.city = box.city
            and cash_difference.fund_id = box.fund_id
            and cash_difference.street = box.street
            and outcome = 'replaced'
    )
union all
select 'signature belongs to a payment in cash', payment_id::text
from cash_signature
where not exists (
        select from aid_case
        cross join lateral jsonb_array_elements(payments::jsonb) as payment
        where aid_case.city = cash_signature.city
            and aid_case.id = cash_signature.case_id
            and payment ->> 'id' = cash_signature.payment_id::text
            and payment ->> 'method' = 'cash'
    )
union all
select 'recovery is what came in for it and what was given up', owed.id::text
from recovery as owed
cross join lateral (
    select coalesce(sum(principal), 0) as principal, coalesce(sum(fine), 0) as fine, coalesce(sum(overpaid), 0) as overpaid
    from recovery_receipt
    where recovery_receipt.city = owed.city and recovery_receipt.recovery_id = owed.id
) as receipts
cross join lateral (
    select coalesce(sum(principal), 0) as principal, coalesce(sum(fine), 0) as fine
    from recovery_write_off
    where recovery_write_off.city = owed.city and recovery_write_off.recovery_id = owed.id
) as given_up
where (owed.repaid_principal, owed.repaid_fine, owed.overpaid) <> (
        -- What came in for one that was taken back was never owed.
        case when owed.state = 'cancelled' then 0 else receipts.principal end,
        case when owed.state = 'cancelled' then 0 else receipts.fine end,
        case when owed.state = 'cancelled' then receipts.principal + receipts.fine else 0 end + receipts.overpaid
    )
    or (owed.written_off_principal, owed.written_off_fine) <> (given_up.principal, given_up.fine)
    or owed.refunded <> (
        select coalesce(sum(amount), 0)
        from recovery_refund
        where recovery_refund.city = owed.city and recovery_refund.recovery_id = owed.id
    )
union all
select 'recovered principal returns to its fund by entries, and nothing else does', owed.id::text
from recovery as owed
where (
        select coalesce(sum(to_fund), 0)
        from recovery_receipt
        where recovery_receipt.city = owed.city and recovery_receipt.recovery_id = owed.id
    ) <> (
        select coalesce(sum(amount), 0)
        from entry
        where entry.city = owed.city and entry.recovery_id = owed.id and entry.fund_id = owed.fund_id
            and entry.case_id is not distinct from owed.case_id and entry.settlement_id is not distinct from owed.settlement_id and entry.debit = 'paid' and entry.credit = 'available'
    )
union all
select 'entry of a recovery returns what was paid', fund_id::text || '/' || version
from entry
where recovery_id is not null
    and (
        (debit, credit) <> ('paid', 'available')
        or not exists (select from recovery where recovery.city = entry.city and recovery.id = entry.recovery_id)
    )
union all
select 'recovery knows what of it went back to its fund', owed.id::text
from recovery as owed
where to_fund <> (
        select coalesce(sum(to_fund), 0)
        from recovery_receipt
        where recovery_receipt.city = owed.city and recovery_receipt.recovery_id = owed.id
    )
union all
select 'recovery is cancelled by two', owed.id::text
from recovery as owed
where (state = 'cancelled') <> exists (
        select from recovery_cancellation as taken_back
        where taken_back.city = owed.city and taken_back.recovery_id = owed.id
    )
union all
select 'no more comes back of a case than it was paid', case_id::text
from entry
where case_id is not null
group by city, case_id
having sum(case when credit = 'paid' then amount when debit = 'paid' then -amount else 0 end) < 0
union all
select 'instalments add up to what is owed', id::text
from recovery
where principal + fine <> (select sum(amount) from unnest(amounts) as amount)
union all
select 'no more comes back of a settlement than its fund has paid', settlement_id::text || '/' || fund_id
from entry
where settlement_id is not null
group by city, settlement_id, fund_id
having sum(case when credit = 'paid' then amount when debit = 'paid' then -amount else 0 end) < 0
union all
select 'recovery belongs to a case or a settlement', recovery.id::text
from recovery
where not exists (select from aid_case where aid_case.city = recovery.city and aid_case.id = recovery.case_id)
    and not exists (select from settlement where settlement.city = recovery.city and settlement.id = recovery.settlement_id)
union all
select 'versions of a roster have no gaps', city
from roster_version
group by city
having max(version) <> count(*)
union all
select 'who entered a roster and has not left it is on it', city
from roster_version
group by city
having sum(entered - left_count) <> (
        select count(*) from roster_member where roster_member.city = roster_version.city and until_version is null
    )
union all
select 'a row of the roster begins and ends with an import', person::text
from roster_member as member
where not exists (select from roster_version where city = member.city and version = member.from_version)
    or until_version is not null
    and not exists (select from roster_version where city = member.city and version = member.until_version)
union all
select 'rows of a person on the roster follow each other', one.person::text
from roster_member as one
join roster_member as other on other.city = one.city and other.person = one.person and other.from_version > one.from_version
where one.until_version is null or one.until_version > other.from_version
union all
select 'versions of a hospital have no gaps', code
from hospital
group by city, code
having max(version) <> count(*)
union all
select 'delivery belongs to a hook that listens for it', told.id::text
from hook_delivery as told
where not exists (
    select from hook where hook.city = told.city and hook.id = told.hook_id and told.event = any (hook.events)
)
union all
select 'what was forgotten was told to a hook', gone.hook_id::text
from hook_forgotten as gone
where not exists (select from hook where hook.city = gone.city and hook.id = gone.hook_id)
union all
select 'nothing waits for a hook that has ended', told.id::text
from hook_delivery as told
join hook on hook.city = told.city and hook.id = told.hook_id
where told.state = 'pending' and hook.state <> 'active'
union all
select 'hooks are told of their own division alone', told.id::text
from hook_delivery as told
join hook on hook.city = told.city and hook.id = told.hook_id
left join aid_case as subject on subject.city = told.city and subject.id = told.subject
left join fund on fund.city = told.city and fund.id = told.subject
left join settlement on settlement.city = told.city and settlement.id = told.subject
left join clearing on clearing.city = told.city and clearing.id = told.subject
where not starts_with(
        coalesce(subject.division, fund.division, settlement.division, clearing.division, hook.division), hook.division
    )
union all
select 'hooks are told nothing of sealed cases', told.id::text
from hook_delivery as told
join aid_case as subject on subject.city = told.city and subject.id = told.subject
where subject.sealed
union all
select 'parts of a settlement add up to its bill, none below nothing', settlement.id::text
from settlement
cross join lateral (
    select sum((part ->> 'amount')::bigint) as amount, min((part ->> 'amount')::bigint) as least
    from jsonb_array_elements(parts::jsonb) as part
) as borne
where borne.amount <> total or borne.least < 0
union all
select 'a fund holds and has paid what it bears of a settlement', settlement.id::text || '/' || (part ->> 'payer')
from settlement
cross join lateral jsonb_array_elements(parts::jsonb) as part
cross join lateral (
    select coalesce(sum(amount) filter (where hold.state = 'held'), 0) as held
    from settlement_hold as hold
    where hold.city = settlement.city and hold.settlement_id = settlement.id and hold.payer::text = part ->> 'payer'
        and hold.fund_id = (part ->> 'fund')::uuid
) as kept
cross join lateral (
    select coalesce(sum(case when credit = 'paid' then amount when debit = 'paid' then -amount else 0 end), 0) as paid
    from entry
    where entry.city = settlement.city and entry.settlement_id = settlement.id and entry.fund_id = (part ->> 'fund')::uuid
        and entry.recovery_id is null
) as moved
where part ->> 'payer' in ('emergency_treatment', 'relief_fund')
    and (held, paid) <> (
        case settlement.state when 'settled' then (part ->> 'amount')::bigint - (part ->> 'cleared')::bigint else 0 end,
        (part ->> 'cleared')::bigint
    )
union all
select 'hold of a settlement is of a fund that bears a part of it', hold.id::text
from settlement_hold as hold
where state <> 'released'
    and not exists (
        select from settlement
        cross join lateral jsonb_array_elements(parts::jsonb) as part
        where settlement.city = hold.city and settlement.id = hold.settlement_id
            and part ->> 'payer' = hold.payer::text and (part ->> 'fund')::uuid = hold.fund_id
    )
union all
select 'entries of a settlement are its holds', settlement.id::text || '/' || moved.fund_id
from settlement
join lateral (
    select
        entry.fund_id,
        sum(case when credit = 'held' then amount when debit = 'held' then -amount else 0 end) as held
    from entry
    where entry.city = settlement.city and entry.settlement_id = settlement.id
    group by entry.fund_id
) as moved on true
where held <> (
        select coalesce(sum(amount) filter (where hold.state = 'held'), 0)
        from settlement_hold as hold
        where hold.city = settlement.city and hold.settlement_id = settlement.id and hold.fund_id = moved.fund_id
    )
union all
select 'versions of a settlement are what was said of it', settlement.id::text
from settlement
where version <> (
        select count(*) from settlement_event as event where event.city = settlement.city and event.settlement_id = settlement.id
    )
    or parts <> (
        select event.parts
        from settlement_event as event
        where event.city = settlement.city and event.settlement_id = settlement.id and event.version = settlement.version
    )
union all
select 'settlement is of one message', coalesce(settlement.id, message.settlement_id)::text
from settlement
full join settlement_message as message
    on message.city = settlement.city
        and message.settlement_id = settlement.id
        and message.hospital = settlement.hospital
        and message.message_id = settlement.message_id
where settlement.id is null and message.settlement_id is not null or message.message_id is null
union all
select 'clearings that are paid pay what settlements were paid', fund.id::text
from fund
where (
        select coalesce(sum(amount), 0)
        from clearing
        where clearing.city = fund.city and clearing.fund_id = fund.id and state = 'paid'
    ) <> (
        select coalesce(sum((part ->> 'cleared')::bigint), 0)
        from settlement
        cross join lateral jsonb_array_elements(parts::jsonb) as part
        where settlement.city = fund.city and (part ->> 'fund')::uuid = fund.id
    )
union all
select 'clearing is what its settlements get of it', id::text
from clearing
where cardinality(amounts) > 0 and amount <> (select sum(part) from unnest(amounts) as part)
union all
select 'clearing holds what it is to pay, and captured what it paid', clearing.id::text
from clearing
cross join lateral (
    select
        coalesce(sum(hold.amount) filter (where hold.state = 'held'), 0) as held,
        coalesce(sum(hold.amount) filter (where hold.state = 'captured'), 0) as captured
    from settlement_hold as hold
    where hold.city = clearing.city and hold.clearing_id = clearing.id
) as under
where cardinality(amounts) > 0
    and (held, captured) <> (
        case when state in ('instructed', 'dispatched', 'unknown') then amount else 0 end,
        case when state in ('paid', 'returned') then amount else 0 end
    )
union all
select 'instruction is of a payment or of a clearing that was sent', instruction.payment_id::text
from instruction
left join clearing on clearing.city = instruction.city and clearing.id = instruction.payment_id
where case_id is null and clearing.state is distinct from instruction.state::text::clearing_state
    or case_id is not null and clearing.id is not null
union all
select 'money at the bank is what moved there', fund.id::text
from fund
cross join lateral book_before(fund.city, fund.id, 'infinity') as book
where book.credited - book.paid + book.interest_payable + book.other_payable - book.receivable - book.cash_boxes
    <> (select coalesce(sum(moved.amount), 0) from bank_movements(fund.city, fund.id) as moved)
union all
select 'lines of a statement lead from its opening to its closing', statement.id::text
from statement
cross join lateral (
    select coalesce(sum(line.amount), 0) as amount, count(*) as lines
    from statement_line as line
    where line.city = statement.city and line.statement_id = statement.id and line.fund_id = statement.fund_id
) as told
where (statement.opening + told.amount, statement.lines) <> (statement.closing, told.lines)
union all
select 'a statement opens with what the one before it closed with', after.id::text
from statement as after
cross join lateral (
    select before.closing, before.to_day
    from statement as before
    where before.city = after.city and before.account = after.account and before.sequence < after.sequence
    order by before.sequence desc
    limit 1
) as before
where before.closing <> after.opening or before.to_day > after.from_day
union all
select 'a line is a movement of its fund and amount', made.statement_id::text || '/' || made.line
from statement_match as made
left join statement_line as line on line.city = made.city and line.statement_id = made.statement_id and line.ordinal = made.line
left join lateral (
    select moved.amount
    from bank_movements(made.city, made.fund_id) as moved
    where moved.version = made.version and moved.ordinal = made.ordinal
) as moved on true
where line.fund_id is distinct from made.fund_id
    or line.amount is distinct from made.amount
    or moved.amount is distinct from made.amount
    or made.key is not null and made.key <> all (line.keys)
union all
select 'a booking has its entry, and its line is matched with it', booked.statement_id::text || '/' || booked.line
from statement_booking as booked
where not exists (
        select from statement_match as made
        join entry
            on entry.city = made.city
                and entry.fund_id = made.fund_id
                and entry.version = made.version
                and entry.ordinal = made.ordinal
                and entry.credit = booked.account
                and entry.debit = case booked.code when 'RETURNED_PAYMENT' then 'paid'::account else 'bank' end
                and entry.amount = abs(made.amount)
        where made.city = booked.city
            and made.statement_id = booked.statement_id
            and made.line = booked.line
            and (made.fund_id, made.version, made.ordinal) = (booked.fund_id, booked.version, booked.ordinal)
            and (made.officer, made.countersigned_by) = (booked.officer, booked.countersigned_by)
    )
union all
select 'what the bank gave or took for itself was booked by a line', entry.fund_id::text || '/' || entry.version
from entry
where debit = 'bank'
    and credit <> 'cash_box'
    and not exists (
        select from statement_booking as booked
        where booked.city = entry.city
            and booked.fund_id = entry.fund_id
            and booked.version = entry.version
            and booked.ordinal = entry.ordinal
    )
union all
select 'a publication has the rows it says, counted from one', publication.id::text
from publication
left join lateral (
    select count(*) as found, max(place) as last
    from publication_row as row
    where row.city = publication.city and row.publication_id = publication.id
) as rows on true
where (rows.found, rows.last) is distinct from (publication.cases::bigint, publication.cases)
union all
select 'only granted cases of the division and days are published', row.case_id::text
from publication_row as row
left join publication as list on list.city = row.city and list.id = row.publication_id
left join aid_case on aid_case.city = row.city and aid_case.id = row.case_id
where list.id is null
    or aid_case.id is null
    or aid_case.lane = 'quick'
    or aid_case.cause = 'violence'
    or not starts_with(aid_case.division, list.division)
    or row.granted_on not between list.granted_from and list.granted_to
union all
select 'a list is taken down after it was published and before its day', down.publication_id::text
from publication_take_down as down
left join publication as list on list.city = down.city and list.id = down.publication_id
where list.id is null
    or down.at < list.published_at
    or (down.at at time zone 'Asia/Shanghai')::date >= list.take_down_on
