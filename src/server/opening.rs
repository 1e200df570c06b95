//! What a start needs the database for. When it is away, a server that has a snapshot serves from that, and goes on asking.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use deadpool_postgres::{Pool, PoolError};
use tokio::sync::watch;
use tokio_postgres::Config;

use crate::book::Rules;
use crate::db::{self, Connector, MigrateError, Unreachable};
use crate::http::Gate;
use crate::server::registers::Registers;
use crate::server::rules;

/// How long after a failure the database is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// After so many failures in a row it is said once more.
const SAID_AGAIN: u32 = 60;

/// Finds and prepares the database: schema, rules, registers. Then the gate opens.
pub struct Opening {
    /// Whose schema is brought up to date first; none leaves that to another command.
    pub schema: Option<Config>,
    pub connector: Connector,
    pub pool: Pool,
    pub announce: watch::Sender<Arc<Rules>>,
    pub gate: Gate,
}

/// Whether a server can answer anything before the database is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standby {
    /// It has a snapshot.
    Snapshot,
    /// It has nothing.
    Nothing,
}

impl Opening {
    /// Tries once. False when the database is away and there is a snapshot to serve from meanwhile.
    ///
    /// # Errors
    /// When the database refuses, which no waiting mends; or is away, and there is nothing to answer from.
    pub async fn begin(&self, registers: &Registers, standby: Standby) -> anyhow::Result<bool> {
        match self.attempt(Some(registers)).await {
            Ok(()) => Ok(true),
            Err(error) if standby == Standby::Snapshot && is_away(&error) => {
                tracing::error!(error = format!("{error:#}"), "the database is away: hospitals are answered from the snapshot");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Tries until it is done.
    pub async fn persist(&self) {
        let mut failures = 0_u32;
        while !self.gate.is_open() {
            tokio::time::sleep(PAUSE).await;
            match self.attempt(None).await {
                Ok(()) => tracing::info!("the database is found"),
                Err(error) if failures.is_multiple_of(SAID_AGAIN) => {
                    tracing::error!(error = format!("{error:#}"), "the database is not found or not prepared");
                }
                Err(_) => {}
            }
            failures = failures.saturating_add(1);
        }
    }

    async fn attempt(&self, registers: Option<&Registers>) -> anyhow::Result<()> {
        if let Some(config) = &self.schema {
            db::migrate(config, &self.connector).await?;
        }
        let loaded = rules::load(&self.pool).await.context("the rules can not be loaded")?;
        self.announce.send_replace(Arc::new(loaded));
        if let Some(registers) = registers {
            registers.first_look().await.context("roster and hospitals can not be read")?;
        }
        self.gate.open();
        Ok(())
    }
}

fn is_away(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        if let Some(unreachable) = cause.downcast_ref::<Unreachable>() {
            return unreachable.is_away();
        }
        match (cause.downcast_ref(), cause.downcast_ref()) {
            (Some(MigrateError::Database(unreachable)), _) => unreachable.is_away(),
            (_, Some(PoolError::Backend(error))) => db::is_away(error),
            (_, Some(PoolError::Timeout(_))) => true,
            _ => false,
        }
    })
}
