//! The book's own connection. It is never shared, never recycled, and thrown away whole when anything is unclear.

use std::time::Duration;

use tokio_postgres::{Client, Config};

use crate::book::statements::Statements;
use crate::db::{self, Connector};

/// A connection with its prepared statements.
pub struct Session {
    pub client: Client,
    pub statements: Statements,
}

/// How long a new connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Session settings, each for a reason:
/// - every statement looks rows up by key, so a plan that scans or hashes whole tables is never right, however small they look;
/// - a lock that does not come within two seconds is answered, not waited for;
/// - an answer means durable, whatever the server's default is.
const OPTIONS: &[(&str, &str)] = &[
    ("lock_timeout", "2s"),
    ("statement_timeout", "0"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("synchronous_commit", "on"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

impl Session {
    /// Connects to the primary as the book.
    pub async fn open(config: &Config, connector: &Connector) -> Result<Self, db::Unreachable> {
        let config = db::session_config(config, db::Role::Book, OPTIONS);
        let client = db::connect(&config, connector, CONNECT_TIMEOUT).await?;
        let statements = Statements::prepare(&client).await.map_err(db::Unreachable::from)?;
        Ok(Self { client, statements })
    }
}
