-- One recovery with its case, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select
    r as row, helped.street, helped.day, helped.ordinal, helped.handler, helped.approver, helped.sealed,
    (clock_timestamp() at time zone 'Asia/Shanghai')::date as today
from recovery as r
join aid_case as helped on helped.city = r.city and helped.id = r.case_id
where r.city = $1 and r.id = $2
