-- One statement with the first day of its account's statements, if it lies in the caller's scope (row security).
-- $1 city text, $2 id uuid
select
    s.id, s.fund_id, s.sequence, s.from_day, s.to_day, s.opening, s.closing, s.lines, s.file_sha256, s.imported_by, s.imported_at,
    fund.division,
    fund.account,
    clock_timestamp() as now,
    (select min(page.from_day) from statement as page where page.account = s.account and page.city = s.city) as first_day,
    (
        select count(*) from statement_match as made where made.statement_id = s.id and made.city = s.city
    ) as matched
from statement as s
join fund on fund.id = s.fund_id and fund.city = s.city
where s.city = $1 and s.id = $2
