-- Every policy version, in the order of import.
select body from policy_version order by imported_at, id
