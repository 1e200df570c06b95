-- Its rows, counted from one.
-- $1 city text, $2 publication uuid, $3 cases uuid[], $4 streets text[], $5 lanes lane[], $6 granted bigint[], $7 granted on date[],
-- $8 names bytea[]
insert into publication_row (city, publication_id, place, case_id, street, lane, granted, granted_on, name)
select $1, $2, place, case_id, street, lane, granted, granted_on, name
from unnest($3::uuid[], $4::text[], $5::lane[], $6::bigint[], $7::date[], $8::bytea[]) with ordinality
    as new (case_id, street, lane, granted, granted_on, name, place)
