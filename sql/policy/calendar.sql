-- The announced exceptions to the ordinary week.
select day, kind from calendar_day
