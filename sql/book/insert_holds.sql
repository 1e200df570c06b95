-- Money set aside.
-- $1 cities text[], $2 ids uuid[], $3 funds uuid[], $4 cases uuid[], $5 payments uuid[], $6 amounts bigint[],
-- $7 expiries timestamptz[], $8 held at timestamptz
insert into hold (city, id, fund_id, case_id, payment_id, amount, expires_at, held_at)
select *, $8
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::timestamptz[])
