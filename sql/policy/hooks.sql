-- Who listens for what, in every city.
select city, id, division, events
from active_hooks()
