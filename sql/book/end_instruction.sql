-- What became of an instruction; one that the bank is silent about is asked for again.
-- $1 city text, $2 payment uuid, $3 state instruction_state, $4 reference text, $5 now timestamptz
update instruction
set state = $3::instruction_state, reference = coalesce($4, reference),
    resolved_at = case when $3::instruction_state in ('dispatched', 'unknown') then null else coalesce(resolved_at, $5) end
where payment_id = $2 and city = $1
