-- How many policy versions were imported.
select count(*) as versions from policy_version
