-- Changes whenever rules, calendar or divisions were imported, or a hook changed.
select concat_ws('/',
    (select count(*) || ' ' || coalesce(max(imported_at)::text, '') from policy_version),
    (select count(*) || ' ' || coalesce(max(known_until)::text, '') from calendar_span),
    (select count(*) from calendar_day),
    (select count(*) || ' ' || coalesce(max(code), '') from division),
    hooks_stamp()
) as stamp
