//! The pool of readers. A connection is checked before it is given out: one that was demoted, or that carries the leftovers of a
//! cancelled transaction, is thrown away.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Config;

use crate::db::{Connector, Role, session_config};

/// Raises on a server that is read only or recovering, and rolls back what a cancelled request left open.
const RECYCLE: &str = "rollback; do $$ begin if pg_is_in_recovery() then raise exception 'not the primary'; end if; end $$";

const SETTINGS: &[(&str, &str)] = &[
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("jit", "off"),
    ("client_min_messages", "error"),
];

/// A pool of at most `size` connections in the role that only reads.
pub fn reader_pool(config: &Config, connector: &Connector, size: usize) -> Result<Pool, deadpool_postgres::BuildError> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Custom(RECYCLE.into()) };
    let manager = Manager::from_config(session_config(config, Role::Api, SETTINGS), connector.clone(), recycling);
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(Duration::from_secs(2)))
        .create_timeout(Some(Duration::from_secs(5)))
        .recycle_timeout(Some(Duration::from_secs(2)))
        .pre_recycle(Hook::sync_fn(|client, _| if client.is_closed() { Err(HookError::message("closed")) } else { Ok(()) }))
        .build()
}
