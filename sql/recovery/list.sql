-- Recoveries of a scope, the newest first. Those of sealed cases are listed for auditors and for the case's own officers only. Each
-- filter that is null lets everything through. What was written off counts as the last of the instalments.
-- $1 city text, $2 division text, $3 state recovery_state, $4 case uuid, $5 overdue boolean, $6 whether an auditor asks boolean,
-- $7 who asks text, $8 after id uuid, $9 limit bigint, $10 settlement uuid
select
    r as row, helped.street, helped.day, helped.ordinal, coalesce(helped.sealed, false) as sealed,
    case
        when r.case_id is not null then array_remove(array[helped.handler, helped.approver], null)
        else array(
            select event.officer
            from settlement_event as event
            where event.city = r.city and event.settlement_id = r.settlement_id and event.payer in ('emergency_treatment', 'relief_fund')
            union
            select clearing.officer
            from settlement_hold as hold
            join clearing on clearing.city = hold.city and clearing.id = hold.clearing_id
            where hold.city = r.city and hold.settlement_id = r.settlement_id
        )
    end as deciders,
    (clock_timestamp() at time zone 'Asia/Shanghai')::date as today
from recovery as r
left join aid_case as helped on helped.city = r.city and helped.id = r.case_id
where r.city = $1
    and (helped.sealed is not true or $6 or helped.handler = $7 or helped.approver = $7 or r.imposed_by = $7)
    and r.division >= $2 and r.division < $2 || ':'
    and ($3::recovery_state is null or r.state = $3)
    and ($4::uuid is null or r.case_id = $4)
    and ($10::uuid is null or r.settlement_id = $10)
    and (
        $5::boolean is null
        or $5 = (
            r.state = 'open'
            and r.repaid_principal + r.repaid_fine < least(
                r.principal + r.fine - r.written_off_principal - r.written_off_fine,
                (
                    select coalesce(sum(instalment.amount), 0)
                    from unnest(r.dues, r.amounts) as instalment (due, amount)
                    where instalment.due < (clock_timestamp() at time zone 'Asia/Shanghai')::date
                )
            )
        )
    )
    and ($8::uuid is null or r.id < $8)
order by r.id desc
limit $9
