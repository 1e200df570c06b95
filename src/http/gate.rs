//! Whether the database was found and prepared since the start. Before that only what needs no database is answered.

use tokio::sync::watch;

use crate::code::Code;
use crate::http::problem::Problem;

/// What a route needs to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The database: before it was found and prepared, callers get 503 and come back.
    Database,
    /// The memory of the server.
    Memory,
}

/// Opened once, when the database was found and prepared. A copy of it shows the same.
#[derive(Clone)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// Closed.
    pub fn closed() -> Self {
        Self(watch::channel(false).0)
    }

    /// Lets everybody in from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was opened.
    pub fn is_open(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when it is open.
    pub async fn opened(&self) {
        // It cannot fail: this holds a sender.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }

    /// 503 while it is closed to what needs the database.
    pub(crate) fn admit(&self, needs: Needs) -> Result<(), Problem> {
        if needs == Needs::Memory || self.is_open() {
            return Ok(());
        }
        Err(Problem::new(Code::Overloaded, "the database was not found yet since this server was started").retry_after(1))
    }
}
