-- The clock of decisions, read after the locks.
select clock_timestamp() as now
