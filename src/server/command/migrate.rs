//! `jiujinan migrate`

use crate::db;
use crate::server::command::{connect, say};
use crate::server::config::Database;

/// Brings the schema up to date.
pub async fn migrate(database: &Database) -> anyhow::Result<()> {
    let (config, connector) = connect::database(database)?;
    let applied = db::migrate(&config, &connector).await?;
    say(&format!("schema is at version {}, {applied} migrations applied", db::newest()))
}
