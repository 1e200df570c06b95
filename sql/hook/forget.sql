-- Deletes deliveries that were kept long enough after they ended, up to so many of each state.
-- $1 days of what was delivered integer, $2 days of what is dead integer, $3 most bigint
select forget_deliveries(make_interval(days => $1), make_interval(days => $2), $3) as gone
