-- Funds by state, over all cities.
select status, funds from fund_counts()
