-- The settlement of a hospital's message.
-- $1 city text, $2 hospital text, $3 message text
select s as row
from settlement as s
where s.message_id = $3 and s.hospital = $2 and s.city = $1
