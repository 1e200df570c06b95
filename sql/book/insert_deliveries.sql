-- What hooks are told, in order. A hook that ended since the rules were read is told nothing: its row is locked against that.
-- $1 new_hook_delivery[], $2 made_at timestamptz
insert into hook_delivery (city, id, hook_id, event, subject, body, made_at, next_at)
select told.city, told.id, told.hook_id, told.event, told.subject, told.body, $2::timestamptz, $2::timestamptz
from (
    select new.*
    from unnest($1::new_hook_delivery[]) with ordinality as new (city, id, hook_id, event, subject, body, ordinal)
    join (
        select hook.id, hook.city
        from hook
        where hook.id in (select wanted.hook_id from unnest($1::new_hook_delivery[]) as wanted) and hook.state = 'active'
        order by hook.id
        for share
    ) as listening on listening.id = new.hook_id and listening.city = new.city
) as told
order by told.ordinal
on conflict do nothing
