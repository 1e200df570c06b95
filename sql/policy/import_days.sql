-- Calendar days. An announcement may correct an earlier one.
-- $1 days date[], $2 kinds day_kind[]
insert into calendar_day (day, kind)
select * from unnest($1::date[], $2::day_kind[])
on conflict (day) do update set kind = excluded.kind
