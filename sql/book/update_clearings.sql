-- Clearings locked before, as they are now. What was to be paid stays.
-- $1 clearing[]
update clearing
set state = new.state, version = new.version
from unnest($1::clearing[]) as new
where clearing.id = new.id and clearing.city = new.city
