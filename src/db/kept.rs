//! A connection of a worker, kept from one look to the next and opened again when it is lost.

use std::time::Duration;

use tokio_postgres::{Client, Config};

use crate::db::{Connector, Role, Unreachable, connect, session_config};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const OPTIONS: &[(&str, &str)] =
    &[("statement_timeout", "5s"), ("lock_timeout", "2s"), ("idle_in_transaction_session_timeout", "10s")];

/// A connection as the book, outside the book: for leases, never for money.
pub struct Kept {
    config: Config,
    connector: Connector,
    client: Option<Client>,
}

impl Kept {
    /// Nothing is connected yet.
    pub fn new(config: &Config, connector: Connector) -> Self {
        Self { config: session_config(config, Role::Book, OPTIONS), connector, client: None }
    }

    /// The connection.
    pub async fn client(&mut self) -> Result<&Client, Unreachable> {
        let client = match self.client.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => connect(&self.config, &self.connector, CONNECT_TIMEOUT).await?,
        };
        Ok(self.client.insert(client))
    }
}
