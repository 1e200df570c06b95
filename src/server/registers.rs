//! The registers that every server keeps in memory: the roster and the hospitals, followed on one connection.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Config};

use crate::db::{self, Connector, Unreachable};
use crate::hospital::Hospitals;
use crate::roster::Roster;
use crate::telemetry::Metrics;

/// How often a server asks what is new.
const EVERY: Duration = Duration::from_millis(250);
/// After so many failures in a row it is said once more that the database is away.
const SAID_AGAIN: u32 = 240;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One look takes no longer; the first one loads everybody.
const LOOK: Duration = Duration::from_secs(60);
const OPTIONS: &[(&str, &str)] = &[("statement_timeout", "60s"), ("idle_in_transaction_session_timeout", "30s"), ("jit", "off")];

/// Follows the registers. The connection has the book's role: readers see nobody on the roster.
pub struct Registers {
    config: Config,
    connector: Connector,
    /// Who is on the roster.
    pub roster: Roster,
    /// What was agreed with hospitals.
    pub hospitals: Hospitals,
    metrics: Arc<Metrics>,
}

impl Registers {
    /// Nothing is connected yet.
    pub fn new(config: &Config, connector: Connector, metrics: Arc<Metrics>) -> Self {
        let config = db::session_config(config, db::Role::Book, OPTIONS);
        Self { config, connector, roster: Roster::new(), hospitals: Hospitals::new(), metrics }
    }

    /// Reads everything once.
    pub async fn first_look(&self) -> Result<(), Unreachable> {
        self.look(None).await.map(drop)
    }

    /// Follows for ever. While the database is away the registers stay as they were, and say how old they are.
    pub async fn follow(self) {
        tokio::join!(self.looking(), self.measuring());
    }

    /// What is known and how old it is, while a look takes long or fails, too.
    async fn measuring(&self) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.measure();
        }
    }

    async fn looking(&self) {
        let (mut client, mut failures) = (None, 0_u32);
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let looked = tokio::time::timeout(LOOK, self.look(client.take())).await;
            let failed = match looked {
                Ok(Ok(live)) => {
                    client = Some(live);
                    failures = 0;
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer in time".to_owned(),
            };
            if failures.is_multiple_of(SAID_AGAIN) {
                tracing::warn!(cause = failed, "roster and hospitals are not followed");
            }
            failures = failures.saturating_add(1);
        }
    }

    fn measure(&self) {
        for city in self.roster.cities() {
            self.metrics.roster_version.with_label_values(&[city.as_str()]).set(self.roster.version(city));
            let people = i64::try_from(self.roster.len(city)).unwrap_or(i64::MAX);
            self.metrics.roster_people.with_label_values(&[city.as_str()]).set(people);
        }
        let lag = self.roster.lag().map_or(i64::MAX, |lag| i64::try_from(lag.as_secs()).unwrap_or(i64::MAX));
        self.metrics.roster_lag_seconds.set(lag);
        self.metrics.hospital_registrations.set(self.hospitals.registrations());
    }

    async fn look(&self, client: Option<Client>) -> Result<Client, Unreachable> {
        let mut client = match client.filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => db::connect(&self.config, &self.connector, CONNECT_TIMEOUT).await?,
        };
        self.roster.poll(&mut client).await?;
        self.hospitals.poll(&client).await?;
        Ok(client)
    }
}
