-- A policy version. Importing the same again is no change; another text under the same id is an error.
-- $1 id text, $2 division text, $3 effective date, $4 body text
insert into policy_version (id, division, effective_from, body)
values ($1, $2, $3, $4)
on conflict (id) do update set id = excluded.id where policy_version.body = excluded.body
