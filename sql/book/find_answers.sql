-- What was answered under these keys before. Read after the locks, so that a twin's answer is seen.
-- $1 cities text[], $2 keys uuid[]
select city, key, fingerprint, status, body
from answer
where (city, key) in (select * from unnest($1::text[], $2::uuid[]))
