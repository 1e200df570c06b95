-- Divisions.
-- $1 codes text[], $2 names text[], $3 valid from date[], $4 valid to date[]
insert into division (code, name, valid_from, valid_to)
select * from unnest($1::text[], $2::text[], $3::date[], $4::date[])
on conflict (code) do update set name = excluded.name, valid_from = excluded.valid_from, valid_to = excluded.valid_to
