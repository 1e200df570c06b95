-- Who stands on the roster of a city under an index, and its newest version, as of this moment.
-- $1 city text, $2 person uuid
select version, category, name_digest, valid_from, valid_to
from standing_of($1, $2)
