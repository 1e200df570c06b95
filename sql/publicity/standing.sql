-- One publication, for whoever wants to take it down.
-- $1 city text, $2 id uuid
select
    list.id, list.division, list.granted_from, list.granted_to, list.published_at, list.published_by, list.take_down_on,
    down.at as taken_down_at, down.officer as taken_down_by, clock_timestamp() as now,
    (
        select count(*)
        from publication_row as row
        join aid_case on aid_case.city = row.city and aid_case.id = row.case_id
        where row.city = list.city and row.publication_id = list.id and not aid_case.sealed
    ) as shown
from publication as list
left join publication_take_down as down on down.city = list.city and down.publication_id = list.id
where list.city = $1 and list.id = $2
