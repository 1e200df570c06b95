-- Answers of work beside the queue.
-- $1 answer[]
insert into answer select * from unnest($1::answer[])
