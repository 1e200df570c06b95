-- Deliveries locked before, to be sent again with the identifier they had. Whoever still works on one has lost it.
-- $1 city text, $2 ids uuid[], $3 now timestamptz
update hook_delivery
set state = 'pending', ended_at = null, attempts = 0, next_at = $3, lease = lease + 1, lease_until = null, retry_until = null
where city = $1 and id = any ($2::uuid[])
