-- What was answered under a key, for work beside the queue.
-- $1 city text, $2 key uuid
select fingerprint, status, body from answer where city = $1 and key = $2
