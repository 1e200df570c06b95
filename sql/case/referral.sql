-- Whether a referral of a case is there, and whether what came of it was said.
-- $1 city text, $2 case uuid, $3 id uuid
select exists (select from case_note where case_note.id = referral.id and case_note.city = referral.city) as said
from referral
where city = $1 and case_id = $2 and id = $3
