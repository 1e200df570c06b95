//! Which server works on which instruction: rows that are taken for a while. No transaction is open while a bank is spoken to.

use std::time::Duration;

use tokio_postgres::Config;

use crate::book::InstructionState;
use crate::db::{Connector, Kept, Unreachable};
use crate::division::City;
use crate::id::PaymentId;
use crate::transfer::whose::Whose;

/// How long one server may work on an instruction before another takes it.
const LEASE_SECONDS: f64 = 60.0;
/// Instructions taken at once.
const MOST: i64 = 16;

/// An instruction that this server works on.
pub struct Leased {
    pub city: City,
    pub payment: PaymentId,
    pub whose: Whose,
    /// Sealed.
    pub bytes: Vec<u8>,
    /// How often it was taken, this time included.
    pub sent: i32,
    pub state: InstructionState,
    /// True when a day has passed since it was made.
    pub is_old: bool,
}

/// The connection that takes and gives back.
pub struct Leases(Kept);

impl Leases {
    /// Nothing is connected yet.
    pub fn new(config: &Config, connector: Connector) -> Self {
        Self(Kept::new(config, connector))
    }

    /// Takes what is due.
    pub async fn claim(&mut self) -> Result<Vec<Leased>, Unreachable> {
        let rows = self.0.client().await?.query(include_str!("../../sql/transfer/claim.sql"), &[&MOST, &LEASE_SECONDS]).await?;
        let leased = |row: &tokio_postgres::Row| Leased {
            city: row.get("city"),
            payment: row.get("payment_id"),
            whose: Whose::read(row),
            bytes: row.get("bytes"),
            sent: row.get("sent"),
            state: row.get("state"),
            is_old: row.get("old"),
        };
        Ok(rows.iter().map(leased).collect())
    }

    /// Gives one back, to be looked at again after a while.
    pub async fn later(&mut self, leased: &Leased, wait: Duration) -> Result<(), Unreachable> {
        let params: [&(dyn postgres_types::ToSql + Sync); 4] = [&leased.city, &leased.payment, &leased.sent, &wait.as_secs_f64()];
        self.0.client().await?.execute(include_str!("../../sql/transfer/later.sql"), &params).await?;
        Ok(())
    }
}
