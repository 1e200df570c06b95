//! Which server works on which delivery: rows that are taken for a while. No transaction is open while a receiver is spoken to.

use std::time::Duration;

use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Config, Row};

use crate::book::DeliveryState;
use crate::db::{Connector, Kept, Unreachable};
use crate::division::City;
use crate::hook::retention::{BATCH, Keep};
use crate::id::{DeliveryId, HookId};

/// How long one server may work on a delivery before another takes it: twice what an exchange may take.
const LEASE_SECONDS: f64 = 30.0;
/// Deliveries of one hook taken at once.
const OF_ONE_HOOK: i64 = 8;

/// A delivery that this server works on.
pub struct Leased {
    pub city: City,
    pub id: DeliveryId,
    pub hook: HookId,
    pub body: String,
    /// The number that it was taken with.
    pub lease: i32,
    /// How often it was sent, this time included.
    pub attempts: i32,
    pub url: String,
    pub rotation: i32,
    /// True while the secret before the present one still signs.
    pub overlaps: bool,
    /// The clock of the database when it was taken.
    pub now: Timestamp,
}

/// What came of an attempt.
pub struct Attempt {
    pub status: Option<i16>,
    pub state: DeliveryState,
    /// Until the next attempt, while it is pending.
    pub wait: Duration,
}

/// The connection that takes and gives back.
pub struct Leases(Kept);

impl Leases {
    /// Nothing is connected yet.
    pub fn new(config: &Config, connector: Connector) -> Self {
        Self(Kept::new(config, connector))
    }

    /// Takes up to so many deliveries that are due, of hooks that this server is not busy with.
    pub async fn claim(&mut self, busy: &[HookId], most: usize) -> Result<Vec<Leased>, Unreachable> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let params: [&(dyn ToSql + Sync); 4] = [&busy, &OF_ONE_HOOK, &most, &LEASE_SECONDS];
        let rows = self.0.client().await?.query(include_str!("../../sql/hook/claim.sql"), &params).await?;
        let leased = |row: &Row| Leased {
            city: row.get("city"),
            id: row.get("id"),
            hook: row.get("hook_id"),
            body: row.get("body"),
            lease: row.get("lease"),
            attempts: row.get("attempts"),
            url: row.get("url"),
            rotation: row.get("rotation"),
            overlaps: row.get("overlaps"),
            now: row.get("now"),
        };
        Ok(rows.iter().map(leased).collect())
    }

    /// Deletes a batch of what was kept long enough, and says how many that were.
    pub async fn forget(&mut self, keep: Keep) -> Result<i64, Unreachable> {
        let days = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
        let (delivered, dead) = (days(keep.delivered_days), days(keep.dead_days));
        let params: [&(dyn ToSql + Sync); 3] = [&delivered, &dead, &BATCH];
        let row = self.0.client().await?.query_one(include_str!("../../sql/hook/forget.sql"), &params).await?;
        Ok(row.get("gone"))
    }

    /// Writes what came of it. `None` when another server has taken it meanwhile, or it was replayed.
    pub async fn settle(&mut self, leased: &Leased, result: &Attempt) -> Result<Option<DeliveryState>, Unreachable> {
        let params: [&(dyn ToSql + Sync); 6] =
            [&leased.city, &leased.id, &leased.lease, &result.status, &result.state, &result.wait.as_secs_f64()];
        let rows = self.0.client().await?.query(include_str!("../../sql/hook/settle.sql"), &params).await?;
        Ok(rows.first().map(|row| row.get("state")))
    }
}
