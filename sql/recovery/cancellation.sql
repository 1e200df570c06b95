-- Who took a recovery back, and when.
-- $1 city text, $2 recovery uuid
select id, officer, countersigned_by, at
from recovery_cancellation
where city = $1 and recovery_id = $2
