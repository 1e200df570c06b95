-- One recovery with its case, if it has one, and who decided what it asks back, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
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
where r.city = $1 and r.id = $2
