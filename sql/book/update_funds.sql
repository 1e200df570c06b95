-- Totals of funds locked before. Touches no indexed column, so the row stays on its page.
-- $1 cities text[], $2 ids uuid[], $3 credited, $4 held, $5 paid bigint[], $6 days date[], $7 day_granted, $8 versions bigint[]
update fund
set credited = new.credited, held = new.held, paid = new.paid,
    day = new.day, day_granted = new.day_granted, version = new.version
from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::date[], $7::bigint[], $8::bigint[])
    as new (city, id, credited, held, paid, day, day_granted, version)
where fund.city = new.city and fund.id = new.id
