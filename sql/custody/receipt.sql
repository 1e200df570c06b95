-- The payment of a receipt, if its case lies in the caller's scope (row security). What is read of it never changes.
-- $1 city text, $2 street text, $3 day date, $4 ordinal integer, $5 receipt number text
select
    aid_case.id as case_id, aid_case.division, aid_case.handler, aid_case.approver, aid_case.sealed,
    (payment ->> 'id')::uuid as payment_id, payment ->> 'method' = 'cash' and payment ->> 'state' = 'paid' as handed_over,
    payment ->> 'received_by' as received_by, payment ->> 'signature_ref' as signature_ref
from aid_case
cross join lateral jsonb_array_elements(aid_case.payments::jsonb) as payment
where aid_case.city = $1
    and aid_case.street = $2
    and aid_case.day = $3
    and aid_case.ordinal = $4
    and payment ->> 'receipt_number' = $5
