//! Migrations, forward only, under a lock: several servers may start at once.

use std::time::Duration;

use tokio_postgres::Config;

use crate::db::{Connector, Role, Unreachable, connect, session_config};

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

/// What keeps the schema from being brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database can not be reached, or refused a statement.
    #[error(transparent)]
    Database(#[from] Unreachable),
    /// A migration failed, or one that was applied is not the one in this program.
    #[error("migration failed: {0}")]
    Migration(String),
}

/// Any number will do, as long as no other program on this database uses it.
const LOCK: i64 = 0x006a_6975_6a69_6e61;
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes roles and schema, and applies what is missing. Returns how many migrations were applied.
pub async fn migrate(config: &Config, connector: &Connector) -> Result<usize, MigrateError> {
    let mut plain = config.clone();
    plain.application_name("jiujinan migrate");
    let guard = connect(&plain, connector, PATIENCE).await?;
    let run = async {
        guard.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
        guard.batch_execute(include_str!("../../sql/db/bootstrap.sql")).await
    };
    run.await.map_err(Unreachable::from)?;
    let mut client = connect(&session_config(config, Role::Owner, &[]), connector, PATIENCE).await?;
    let report = embedded::migrations::runner().set_grouped(true).run_async(&mut client).await;
    // The lock goes with the connection.
    drop(guard);
    Ok(report.map_err(|error| MigrateError::Migration(error.to_string()))?.applied_migrations().len())
}

/// The version of the newest migration in this program.
pub fn newest() -> i32 {
    embedded::migrations::runner().get_migrations().iter().map(|migration| migration.version()).max().unwrap_or(0)
}
