-- Whether this server may write money, how new its schema is, and whether a standby confirms its commits.
select
    not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable,
    (select max(version) from refinery_schema_history) as schema_version,
    exists (select from pg_stat_replication where sync_state in ('sync', 'quorum')) as has_standby
