-- The settlement that a recovery is imposed for, if it lies in the caller's scope (row security), and who reviewed or cleared a part of it.
-- $1 city text, $2 id uuid
select
    s as row,
    array(
        select event.officer
        from settlement_event as event
        where event.city = s.city and event.settlement_id = s.id and event.payer in ('emergency_treatment', 'relief_fund')
        union
        select clearing.officer
        from settlement_hold as hold
        join clearing on clearing.city = hold.city and clearing.id = hold.clearing_id
        where hold.city = s.city and hold.settlement_id = s.id
    ) as deciders
from settlement as s
where s.city = $1 and s.id = $2
