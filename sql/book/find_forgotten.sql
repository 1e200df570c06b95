-- Up to when deliveries of a hook were deleted that a replay from a moment on would have sent again; null when none was.
-- $1 city text, $2 hook uuid, $3 from timestamptz, $4 state delivery_state or null for both ends
select max(made_until) as made_until
from hook_forgotten
where city = $1 and hook_id = $2 and made_until >= $3 and ($4::delivery_state is null or state = $4)
