-- What was given up of a recovery, the oldest first.
-- $1 city text, $2 recovery uuid, $3 limit bigint
select id, principal, fine, reason, officer, countersigned_by, at
from recovery_write_off
where city = $1 and recovery_id = $2
order by id
limit $3
