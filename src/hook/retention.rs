//! Deliveries that ended are kept for a while, so that they can be looked up and sent again, then deleted in small batches. Any number
//! of servers may do so: rows that one deletes are passed over by the others. The leaves of what happened stay.

use std::time::Duration;

use tokio::time::Instant;

use crate::hook::lease::Leases;

/// How often a server looks.
const EVERY: Duration = Duration::from_secs(3600);
/// How soon after a full batch: the hooks that are told meanwhile must not wait for the rest.
const SOON: Duration = Duration::from_millis(500);
/// Of what was delivered and of what is dead, so many in one transaction.
pub const BATCH: i64 = 500;

/// How many days deliveries are kept after they ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What was delivered.
    pub delivered_days: u32,
    /// What nobody took: there is more time to send it again.
    pub dead_days: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Self { delivered_days: 90, dead_days: 180 }
    }
}

/// A server's part in deleting what was kept long enough.
pub struct Retention {
    keep: Keep,
    next: Instant,
}

impl Retention {
    /// Looks at once.
    pub fn new(keep: Keep) -> Self {
        Self { keep, next: Instant::now() }
    }

    /// Deletes a batch when it is time for it.
    pub async fn look(&mut self, leases: &mut Leases) {
        if Instant::now() < self.next {
            return;
        }
        let gone = match leases.forget(self.keep).await {
            Ok(gone) => gone,
            Err(error) => {
                tracing::warn!(error = error.to_string(), "old deliveries wait: the database is away");
                0
            }
        };
        if gone > 0 {
            tracing::info!(gone, "deliveries that were kept long enough are deleted");
        }
        self.next = Instant::now() + if gone >= BATCH { SOON } else { EVERY };
    }
}
