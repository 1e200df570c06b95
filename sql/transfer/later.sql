-- An instruction is looked at again later. What another server took meanwhile is left to it.
-- $1 city text, $2 payment uuid, $3 sent integer, $4 wait in seconds double precision
update instruction
set next_at = clock_timestamp() + make_interval(secs => $4), lease_until = null
where payment_id = $2 and city = $1 and sent = $3
