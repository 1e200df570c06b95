-- The newest version of each city's roster, and when that was. Asked by every server four times a second.
select clock_timestamp() as now, coalesce(array_agg(city), '{}') as cities, coalesce(array_agg(version), '{}') as versions
from (select city, max(version) as version from roster_version group by city) as newest
