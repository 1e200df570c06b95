//! The way into the book: a bounded queue, twins that wait for each other, and answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_postgres::Config;

use crate::book::played::{Outcome, Replayed};
use crate::book::writer::{Ticket, Writer};
use crate::book::{Answer, Move, Rules};
use crate::code::Code;
use crate::db::Connector;
use crate::division::City;
use crate::http::{Problem, Reply, RequestKey};
use crate::telemetry::Metrics;

/// How long a twin waits for the first before it is told that the first is still running.
const TWIN: Duration = Duration::from_secs(2);
/// How long a caller waits for its outcome; the writer gives up before.
const CALLER: Duration = Duration::from_secs(40);

type KeyOfCity = (City, [u8; 16]);

/// How the book is run.
#[derive(Clone, Debug)]
pub struct BookSettings {
    /// Moves that may wait.
    pub queue_max: usize,
    /// Of these, places kept for moves that resolve what is held.
    pub reserved: usize,
    /// Moves in one batch at most.
    pub batch_max: usize,
}

impl Default for BookSettings {
    fn default() -> Self {
        Self { queue_max: 4096, reserved: 512, batch_max: 128 }
    }
}

/// Under what a move's answer is kept.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// The caller's idempotency key.
    Of(RequestKey),
    /// No key of the caller's, but a change all the same: it must not be done twice when a commit's answer is lost.
    Own,
    /// A read that leaves nothing but a leaf.
    Reading,
}

/// The book, as handlers see it.
#[derive(Clone)]
pub struct Book {
    queue: mpsc::Sender<Ticket>,
    reserved: usize,
    running: Arc<Mutex<HashMap<KeyOfCity, usize>>>,
    rules: watch::Receiver<Arc<Rules>>,
    metrics: Arc<Metrics>,
}

impl Book {
    /// Opens the book. The writer works until every `Book` is gone and the queue is empty.
    pub fn open(
        settings: &BookSettings,
        config: Config,
        connector: Connector,
        rules: watch::Receiver<Arc<Rules>>,
        metrics: Arc<Metrics>,
    ) -> (Self, JoinHandle<()>) {
        let (queue, receiver) = mpsc::channel(settings.queue_max);
        let writer = Writer {
            queue: receiver,
            rules: rules.clone(),
            config,
            connector,
            batch_max: settings.batch_max,
            metrics: metrics.clone(),
            hurried_until: None,
        };
        let book = Self { queue, reserved: settings.reserved, running: Arc::default(), rules, metrics };
        (book, tokio::spawn(writer.run()))
    }

    /// The rules as they are now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.borrow().clone()
    }

    /// Moves that wait.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Plays a move and waits for its answer. Going away does not stop the move.
    pub async fn play(&self, city: City, key: Key, action: impl Move) -> Result<Reply, Problem> {
        let (answer, replayed) = self.ask(city, key, action).await?;
        let mut reply = Reply::new(answer.status, answer.body.into());
        reply.etag = answer.etag;
        reply.replayed = replayed == Replayed::Yes;
        reply.code = answer.code;
        if let Some(code) = answer.code {
            self.metrics.decisions_total.with_label_values(&[code.as_str()]).inc();
        }
        Ok(reply)
    }

    /// Plays a move that leaves only a leaf: it is durable when this returns.
    pub async fn note(&self, city: City, action: impl Move) -> Result<(), Problem> {
        self.ask(city, Key::Reading, action).await.map(|_| ())
    }

    async fn ask(&self, city: City, key: Key, action: impl Move) -> Result<(Answer, Replayed), Problem> {
        if !action.resolves() && self.queue.capacity() <= self.reserved {
            return Err(overloaded());
        }
        let key = match key {
            Key::Of(key) => Some((shorten(key.digest), key.fingerprint)),
            Key::Own => Some((*uuid::Uuid::new_v4().as_bytes(), [0; 32])),
            Key::Reading => None,
        };
        let running = key.map(|(digest, _)| Running::enter(self, (city, digest)));
        let patience = if running.as_ref().is_some_and(|running| running.twin) { TWIN } else { CALLER };
        let (reply, outcome) = oneshot::channel();
        let ticket = Ticket { city, key, action: Box::new(action), queued: Instant::now(), reply };
        self.queue.try_send(ticket).map_err(|_| overloaded())?;
        match tokio::time::timeout(patience, outcome).await {
            Ok(Ok(Outcome::Answered(answer, replayed))) => Ok((answer, replayed)),
            Ok(Ok(Outcome::Rejected(problem))) => Err(*problem),
            Err(_) if patience == TWIN => {
                Err(Problem::new(Code::KeyInFlight, "the same request is still running").retry_after(1))
            }
            Ok(Err(_)) | Err(_) => Err(Problem::new(Code::OutcomeUnknown, "repeat with the same key").retry_after(1)),
        }
    }
}

/// Marks a key as running in this process while it lives.
struct Running {
    book: Book,
    key: KeyOfCity,
    twin: bool,
}

impl Running {
    fn enter(book: &Book, key: KeyOfCity) -> Self {
        let mut running = book.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(key).or_insert(0);
        *count += 1;
        Self { book: book.clone(), key, twin: *count > 1 }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = self.book.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.key);
            }
        }
    }
}

fn overloaded() -> Problem {
    Problem::new(Code::Overloaded, "too many requests wait").retry_after(1)
}

/// Half of a SHA-256 is plenty to tell keys apart, and halves the index.
pub(super) fn shorten(digest: [u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(digest) {
        *to = from;
    }
    short
}
