//! The database as a tool: connections, roles, migrations, the readers' pool, and a private cluster for one machine.
//!
//! Nothing here knows of aid. Statements stand in `sql/`, one a file.

mod connect;
pub mod embedded;
mod kept;
mod migrate;
mod pool;

pub use connect::{Connector, Role, Unreachable, connect, connector, describe, is_away, session_config};
pub use kept::Kept;
pub use migrate::{MigrateError, migrate, newest};
pub use pool::reader_pool;
