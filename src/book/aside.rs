//! Beside the queue: registers that move no money, whose transactions are too long for a batch. Answers under keys and leaves are
//! written as the book writes them, in the transaction of what they tell.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use postgres_types::ToSql;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::{Client, Config, Error, GenericClient, Transaction};
use uuid::Uuid;

use crate::audit::Leaf;
use crate::book::Answer;
use crate::book::played::AnswerRow;
use crate::book::queue::shorten;
use crate::book::records::{AnswerRecord, LeafRecord};
use crate::book::replay::{Phase, Setback};
use crate::code::Code;
use crate::db::{self, Connector};
use crate::division::City;
use crate::http::{Problem, Reply, RequestKey};

/// Desks of one server at once.
const DESKS: usize = 4;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A long import may wait for another one; an answer means durable.
const OPTIONS: &[(&str, &str)] = &[
    ("lock_timeout", "60s"),
    ("statement_timeout", "300s"),
    ("idle_in_transaction_session_timeout", "60s"),
    ("synchronous_commit", "on"),
    ("client_min_messages", "error"),
    ("jit", "off"),
];

/// Opens desks.
#[derive(Clone)]
pub struct Aside {
    config: Config,
    connector: Connector,
    desks: Arc<Semaphore>,
}

/// A connection in the book's role for one piece of work; closed when it is dropped, and with it whatever was not committed.
pub struct Desk {
    client: Client,
    _place: OwnedSemaphorePermit,
}

impl Aside {
    /// Nothing is connected yet.
    pub fn new(config: &Config, connector: Connector) -> Self {
        let config = db::session_config(config, db::Role::Book, OPTIONS);
        Self { config, connector, desks: Arc::new(Semaphore::new(DESKS)) }
    }

    /// A desk; 503 when all are taken, or the database is away.
    pub async fn open(&self) -> Result<Desk, Problem> {
        let busy = |_| Problem::new(Code::Overloaded, "too many imports and registrations at once").retry_after(5);
        let place = self.desks.clone().try_acquire_owned().map_err(busy)?;
        let client = db::connect(&self.config, &self.connector, CONNECT_TIMEOUT).await.map_err(|error| {
            tracing::warn!(cause = error.to_string(), "a desk found no database");
            Problem::new(Code::Overloaded, "the database does not answer").retry_after(1)
        })?;
        Ok(Desk { client, _place: place })
    }
}

impl Deref for Desk {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// What was answered under a key, if it was; 422 when that was to another request.
pub async fn answered(client: &impl GenericClient, city: City, key: &RequestKey) -> Result<Option<Reply>, Problem> {
    let digest = Uuid::from_bytes(shorten(key.digest));
    let params: [&(dyn ToSql + Sync); 2] = [&city, &digest];
    let found =
        client.query_opt(include_str!("../../sql/book/find_answer.sql"), &params).await.map_err(|error| fallen(&error))?;
    let Some(row) = found else { return Ok(None) };
    if row.get::<_, &[u8]>("fingerprint") != key.fingerprint {
        return Err(Problem::new(Code::KeyReused, "this key was used with another method, path or body"));
    }
    let status = u16::try_from(row.get::<_, i16>("status")).map_err(Problem::internal)?;
    Ok(Some(Reply::new(status, row.get::<_, Vec<u8>>("body").into()).replayed()))
}

/// Writes a leaf and, for a caller with a key, the answer.
pub async fn record(
    transaction: &Transaction<'_>,
    leaf: &Leaf,
    now: Timestamp,
    answer: Option<(RequestKey, &Answer)>,
) -> Result<(), Error> {
    transaction.execute(include_str!("../../sql/book/insert_leaves.sql"), &[&vec![LeafRecord::of(leaf, now)]]).await?;
    if let Some((key, answer)) = answer {
        let row = AnswerRow { city: leaf.city, key: shorten(key.digest), fingerprint: key.fingerprint, answer: answer.clone() };
        let params: [&(dyn ToSql + Sync); 1] = [&vec![AnswerRecord::of(&row, now)]];
        transaction.execute(include_str!("../../sql/book/insert_answer.sql"), &params).await?;
    }
    Ok(())
}

/// What a caller is told when a statement fails: repeat it, or that it is our fault.
pub fn fallen(error: &Error) -> Problem {
    let setback = Setback::of(error, Phase::Writing);
    match setback {
        Setback::Collision { .. } | Setback::Locked { .. } => {
            Problem::new(Code::Overloaded, "another import or registration is in the way").retry_after(5)
        }
        Setback::Lost { cause } => {
            tracing::warn!(cause, "a desk lost its database");
            Problem::new(Code::OutcomeUnknown, "the database did not answer; repeat with the same key").retry_after(1)
        }
        Setback::Poisoned { cause } => Problem::internal(cause),
    }
}
