-- How long the oldest delivery that is due waits, for the metrics.
select hook_queue_age() as seconds
