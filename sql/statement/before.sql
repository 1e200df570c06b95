-- What is known before a statement is taken in: the clock, the statement of the same file, the one with the same sequence, the last one
-- of the account.
-- $1 city text, $2 account uuid, $3 sequence bigint, $4 file bytea
select
    clock_timestamp() as now,
    same.id as same_file,
    taken.id as same_sequence,
    last.sequence as last_sequence,
    last.closing as last_closing,
    last.to_day as last_to_day
from (select 1) as one
left join statement as same on same.file_sha256 = $4 and same.city = $1
left join statement as taken on taken.account = $2 and taken.sequence = $3 and taken.city = $1
left join lateral (
    select page.sequence, page.closing, page.to_day
    from statement as page
    where page.account = $2 and page.city = $1
    order by page.sequence desc
    limit 1
) as last on true
