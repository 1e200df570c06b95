-- Identities merged, and merges taken back.
-- $1 identity_merge[]
insert into identity_merge
select * from unnest($1::identity_merge[])
