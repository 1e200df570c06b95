-- Everybody on a city's roster, for a server that knows nothing yet.
-- $1 city text
select person, name_digest, category, valid_from, valid_to
from roster_member
where city = $1 and until_version is null
