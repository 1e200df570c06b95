-- Clearings that no instruction was made for yet, in every city, the oldest first.
-- $1 most integer
select city, clearing_id
from unsent_clearings($1)
