//! Records checks, in batches like the book's: what waits while one batch is written is the next one.
//!
//! The database has a short time for it. When it does not answer, the batch goes into the journal of this server, and for a moment the
//! next ones do so at once; what the journal holds is drained as soon as the database is back. A check that the database took although
//! its answer was lost is in both, and counts once: rows and leaves are the same, and the second is left out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::{Client, Config, Statement};

use crate::book::LeafRecord;
use crate::code::Code;
use crate::db::{self, Connector};
use crate::division::City;
use crate::http::Problem;
use crate::telemetry::Metrics;
use crate::waiver::journal::Journal;
use crate::waiver::record::{CheckRecord, CheckRow};

/// How long the database may take for a batch before the journal takes it.
const BUDGET: Duration = Duration::from_millis(250);
/// For so long after the database did not answer, it is not asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long connecting may take; it happens beside the checks that wait.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const BATCH_MAX: usize = 256;
const WAITING_MAX: usize = 4096;
const OPTIONS: &[(&str, &str)] = &[
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("synchronous_commit", "on"),
    ("jit", "off"),
];

/// Where a check was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// In the database, whose newest roster of the city is this one.
    Database { roster_version: i64 },
    /// In the journal: the database is away.
    Journal,
}

struct Waiting {
    row: CheckRow,
    reply: oneshot::Sender<Option<Recorded>>,
}

/// The way to the recorder.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Waiting>,
}

impl Recorder {
    /// Starts recording. Without a journal nothing is answered while the database is away.
    pub fn start(
        config: &Config,
        connector: Connector,
        journal: Option<Journal>,
        metrics: Arc<Metrics>,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let config = db::session_config(config, db::Role::Book, OPTIONS);
        let work = Work { config, connector, journal, metrics, session: None, quiet_until: None };
        (Self { queue }, work.run(waiting))
    }

    /// Records a check and says where. A check that could not be recorded anywhere is not answered.
    pub async fn record(&self, row: CheckRow) -> Result<Recorded, Problem> {
        let away = || Problem::new(Code::Overloaded, "the check can not be recorded at the moment").retry_after(1);
        let (reply, recorded) = oneshot::channel();
        self.queue.try_send(Waiting { row, reply }).map_err(|_| away())?;
        recorded.await.ok().flatten().ok_or_else(away)
    }
}

struct Session {
    client: Client,
    insert: Statement,
}

struct Work {
    config: Config,
    connector: Connector,
    journal: Option<Journal>,
    metrics: Arc<Metrics>,
    session: Option<Session>,
    /// Until when the database is not asked.
    quiet_until: Option<Instant>,
}

impl Work {
    async fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::new();
        let mut tick = tokio::time::interval(PAUSE);
        loop {
            let drains = self.drains();
            tokio::select! {
                biased;
                taken = waiting.recv_many(&mut batch, BATCH_MAX) => {
                    if taken == 0 {
                        return;
                    }
                    let (rows, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|one| (one.row, one.reply)).unzip();
                    let recorded = self.record(&rows).await;
                    for (reply, recorded) in replies.into_iter().zip(recorded) {
                        let _ = reply.send(recorded);
                    }
                }
                // What the journal holds goes a piece at a time, so that nobody who asks meanwhile waits for all of it.
                () = std::future::ready(()), if drains => {}
                _ = tick.tick(), if !drains => {}
            }
            self.drain().await;
        }
    }

    /// True when the journal holds something and the database may be asked.
    fn drains(&self) -> bool {
        self.journal.as_ref().is_some_and(|journal| !journal.is_empty())
            && self.quiet_until.is_none_or(|until| Instant::now() >= until)
    }

    async fn record(&mut self, rows: &[CheckRow]) -> Vec<Option<Recorded>> {
        if self.quiet_until.is_none_or(|until| Instant::now() >= until) {
            match timeout(BUDGET, self.insert(rows)).await {
                Ok(Ok(versions)) => {
                    let version = |row: &CheckRow| {
                        versions.iter().find(|(city, _)| *city == row.division.city()).map_or(0, |(_, version)| *version)
                    };
                    self.count("database", rows.len());
                    return rows.iter().map(|row| Some(Recorded::Database { roster_version: version(row) })).collect();
                }
                failed => self.away(match failed {
                    Ok(Err(error)) => error.to_string(),
                    _ => "no answer in time".into(),
                }),
            }
        }
        let written = match &mut self.journal {
            Some(journal) => journal.append(rows),
            None => Err(std::io::Error::other("no journal is set")),
        };
        self.count(if written.is_ok() { "journal" } else { "nowhere" }, rows.len());
        if let Err(error) = &written {
            tracing::error!(%error, checks = rows.len(), "checks can not be recorded");
        }
        vec![written.is_ok().then_some(Recorded::Journal); rows.len()]
    }

    fn count(&self, recorded: &str, checks: usize) {
        self.metrics.waiver_checks_total.with_label_values(&[recorded]).inc_by(u64::try_from(checks).unwrap_or_default());
    }

    fn away(&mut self, cause: String) {
        tracing::warn!(cause, "checks go into the journal");
        self.session = None;
        self.quiet_until = Some(Instant::now() + PAUSE);
    }

    /// Writes rows and leaves in one statement, and returns the newest roster of each of their cities.
    async fn insert(&mut self, rows: &[CheckRow]) -> Result<Vec<(City, i64)>, db::Unreachable> {
        let now = Timestamp::now();
        let leaves: Vec<_> = rows.iter().map(CheckRow::leaf).collect();
        let checks: Vec<_> = rows.iter().map(|row| CheckRecord::of(row, now)).collect();
        let leaves: Vec<_> = leaves.iter().map(|leaf| LeafRecord::of(leaf, now)).collect();
        let mut cities: Vec<City> = rows.iter().map(|row| row.division.city()).collect();
        cities.sort_unstable();
        cities.dedup();
        let session = self.session().await?;
        let newest = session.client.query(&session.insert, &[&checks, &leaves, &cities]).await?;
        Ok(newest.iter().map(|row| (row.get("city"), row.get("version"))).collect())
    }

    async fn session(&mut self) -> Result<&Session, db::Unreachable> {
        let session = match self.session.take().filter(|session| !session.client.is_closed()) {
            Some(session) => session,
            None => {
                let client = db::connect(&self.config, &self.connector, CONNECT_TIMEOUT).await?;
                let insert = client.prepare(include_str!("../../sql/waiver/insert_checks.sql")).await?;
                Session { client, insert }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Brings the oldest of what the journal holds into the database, once it answers again.
    async fn drain(&mut self) {
        if !self.drains() {
            return;
        }
        let chunk = match self.journal.as_ref().map(|journal| journal.oldest(BATCH_MAX)) {
            Some(Ok(chunk)) => chunk,
            Some(Err(error)) => {
                self.quiet_until = Some(Instant::now() + PAUSE);
                return tracing::error!(%error, "the journal can not be read");
            }
            None => return,
        };
        if !chunk.rows.is_empty()
            && let Err(error) = self.insert(&chunk.rows).await
        {
            return self.away(error.to_string());
        }
        match self.journal.as_mut().map(|journal| journal.drained(&chunk).map(|()| journal.is_empty())) {
            Some(Err(error)) => {
                self.quiet_until = Some(Instant::now() + PAUSE);
                tracing::error!(%error, "the journal can not be emptied");
            }
            Some(Ok(true)) => tracing::info!(checks = chunk.rows.len(), "the journal is drained"),
            Some(Ok(false)) | None => {}
        }
    }
}

#[cfg(test)]
mod tests;
