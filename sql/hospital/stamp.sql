-- Changes whenever a hospital was registered: rows are only ever added.
select count(*) as registered from hospital
