//! The writer: takes what waits, plays it as one batch, answers. One task, one connection, no timer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use tokio_postgres::Config;

use crate::book::alarms::raised;
use crate::book::events::told;
use crate::book::load::{Patience, load};
use crate::book::played::{AnswerRow, Batch, Outcome, Replayed};
use crate::book::replay::{Phase, Setback};
use crate::book::session::Session;
use crate::book::store::store;
use crate::book::{Facts, Keys, Move, Rows, Rules, Ruling};
use crate::code::Code;
use crate::db::Connector;
use crate::division::City;
use crate::http::Problem;
use crate::telemetry::Metrics;

/// How often a batch that collides is played whole before it is halved.
const TRIES: u32 = 3;
/// How long a batch is played again on new connections before its callers are told that the outcome is unknown.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one flight may take before the connection counts as lost.
const FLIGHT: Duration = Duration::from_secs(15);
/// For so long after a lock did not come, batches wait for locks only shortly: one row that somebody holds must not stop the others.
const HURRY: Duration = Duration::from_secs(10);
/// Pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(200);

/// A move that waits for its outcome.
pub struct Ticket {
    pub city: City,
    pub key: Option<([u8; 16], [u8; 32])>,
    pub action: Box<dyn Move>,
    pub queued: Instant,
    pub reply: oneshot::Sender<Outcome>,
}

/// What the writer needs to work.
pub struct Writer {
    pub queue: mpsc::Receiver<Ticket>,
    pub rules: watch::Receiver<Arc<Rules>>,
    pub config: Config,
    pub connector: Connector,
    pub batch_max: usize,
    pub metrics: Arc<Metrics>,
    /// Until when locks are not waited for long: somebody holds one that does not come.
    pub hurried_until: Option<Instant>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub async fn run(mut self) {
        let (mut session, mut waiting) = (None, Vec::new());
        while self.queue.recv_many(&mut waiting, self.batch_max).await > 0 {
            self.metrics.book_batch_moves.observe(f64::from(u32::try_from(waiting.len()).unwrap_or(u32::MAX)));
            let oldest = waiting.iter().map(|ticket| ticket.queued).min();
            self.metrics.book_queue_age_seconds.observe(oldest.map(|queued| queued.elapsed()).unwrap_or_default().as_secs_f64());
            self.settle(&mut session, std::mem::take(&mut waiting)).await;
        }
    }

    /// Plays tickets until each has its outcome: whole first, then by halves, so that one poisoned move does not fail its neighbours.
    async fn settle(&mut self, session: &mut Option<Session>, tickets: Vec<Ticket>) {
        let mut groups = vec![tickets];
        while let Some(group) = groups.pop() {
            let (mut collisions, begun) = (0, Instant::now());
            loop {
                let setback = match self.attempt(session, &group).await {
                    Ok(outcomes) => {
                        self.count("played");
                        reply(group, outcomes);
                        break;
                    }
                    Err(setback) => setback,
                };
                if matches!(setback, Setback::Locked { phase: Phase::Loading }) {
                    self.hurried_until = Some(Instant::now() + HURRY);
                }
                match setback {
                    Setback::Collision { .. } if collisions + 1 < TRIES => {
                        self.count("collided");
                        collisions += 1;
                    }
                    Setback::Lost { cause } if begun.elapsed() < PATIENCE => {
                        self.count("lost");
                        tracing::warn!(cause, moves = group.len(), "batch is played again");
                        *session = None;
                        tokio::time::sleep(PAUSE).await;
                    }
                    setback if group.len() == 1 || matches!(setback, Setback::Lost { .. }) => {
                        self.count("failed");
                        reject(group, &setback);
                        break;
                    }
                    _ => {
                        self.count("halved");
                        let mut first = group;
                        groups.push(first.split_off(first.len() / 2));
                        groups.push(first);
                        break;
                    }
                }
            }
        }
    }

    /// Plays a batch once.
    async fn attempt(&self, session: &mut Option<Session>, tickets: &[Ticket]) -> Result<Vec<Outcome>, Setback> {
        let mut live = match session.take() {
            Some(live) if !live.client.is_closed() => live,
            _ => {
                Session::open(&self.config, &self.connector).await.map_err(|error| Setback::Lost { cause: error.to_string() })?
            }
        };
        let played = tokio::time::timeout(FLIGHT, self.play(&mut live, tickets)).await;
        let outcomes = played.map_err(|_| Setback::Lost { cause: "no answer in time".into() })?;
        // A connection whose transaction failed is rolled back by now; one that is lost is not used again.
        if !matches!(outcomes, Err(Setback::Lost { .. })) {
            *session = Some(live);
        }
        outcomes
    }

    async fn play(&self, session: &mut Session, tickets: &[Ticket]) -> Result<Vec<Outcome>, Setback> {
        let mut keys = Keys::default();
        for ticket in tickets {
            if let Some((key, _)) = ticket.key {
                keys.answer(ticket.city, key);
            }
            ticket.action.keys(&mut keys);
        }
        let rules = self.rules.borrow().clone();
        let hurried = self.hurried_until.is_some_and(|until| Instant::now() < until);
        let loaded = load(session, &keys, rules, if hurried { Patience::Short } else { Patience::Usual }).await;
        let mut facts = match loaded {
            Ok(facts) => facts,
            Err(error) => {
                let setback = Setback::of(&error, Phase::Loading);
                if !matches!(setback, Setback::Lost { .. }) {
                    self.rollback(session).await?;
                }
                return Err(setback);
            }
        };
        let mut batch = Batch::default();
        let outcomes = tickets.iter().map(|ticket| rule(ticket, &mut facts, &mut batch)).collect();
        if batch.is_empty() {
            self.rollback(session).await?;
        } else {
            batch.sort();
            store(session, &batch, facts.now()).await.map_err(|error| Setback::of(&error, Phase::Writing))?;
        }
        Ok(outcomes)
    }

    async fn rollback(&self, session: &Session) -> Result<(), Setback> {
        session.client.batch_execute("rollback").await.map_err(|error| Setback::of(&error, Phase::Loading))
    }

    fn count(&self, outcome: &str) {
        self.metrics.book_batches_total.with_label_values(&[outcome]).inc();
    }
}

/// Replays, or decides and takes the rows in.
fn rule(ticket: &Ticket, facts: &mut Facts, batch: &mut Batch) -> Outcome {
    if let Some((key, fingerprint)) = ticket.key
        && let Some((first, answer)) = facts.answers.get(&(ticket.city, key))
    {
        return if *first == fingerprint {
            Outcome::Answered(answer.clone(), Replayed::Yes)
        } else {
            Outcome::Rejected(Box::new(Problem::new(Code::KeyReused, "this key was used with another method, path or body")))
        };
    }
    // A panic in a decision is a bug of one move; the writer must outlive it.
    let ruling = catch_unwind(AssertUnwindSafe(|| ticket.action.decide(facts))).unwrap_or_else(|_| {
        tracing::error!("a decision panicked");
        Ruling::rejected(Problem::new(Code::Internal, ""))
    });
    match ruling {
        Ruling::Done(mut rows, answer) | Ruling::Refused(mut rows, answer) => {
            rows.alarms.extend(raised(facts, &rows));
            rows.deliveries = told(facts, &rows);
            facts.apply(&rows);
            batch.add(*rows);
            if let Some((key, fingerprint)) = ticket.key {
                facts.answers.insert((ticket.city, key), (fingerprint, answer.clone()));
                batch.answers.push(AnswerRow { city: ticket.city, key, fingerprint, answer: answer.clone() });
            }
            Outcome::Answered(answer, Replayed::No)
        }
        Ruling::Rejected(problem, leaf) => {
            batch.add(Rows { leaves: leaf.into_iter().map(|leaf| *leaf).collect(), ..Rows::default() });
            Outcome::Rejected(problem)
        }
    }
}

/// A caller that has gone away is no reason to stop.
fn reply(tickets: Vec<Ticket>, outcomes: Vec<Outcome>) {
    for (ticket, outcome) in tickets.into_iter().zip(outcomes) {
        let _ = ticket.reply.send(outcome);
    }
}

fn reject(tickets: Vec<Ticket>, setback: &Setback) {
    tracing::error!(cause = setback.cause(), moves = tickets.len(), "moves failed");
    let problem = match setback {
        Setback::Lost { .. } => {
            Problem::new(Code::OutcomeUnknown, "the database did not answer; repeat with the same key").retry_after(1)
        }
        Setback::Locked { phase: Phase::Writing } => {
            Problem::new(Code::KeyInFlight, "the same request is still running").retry_after(1)
        }
        Setback::Locked { phase: Phase::Loading } | Setback::Collision { .. } => {
            Problem::new(Code::Overloaded, "too much at once for these rows").retry_after(1)
        }
        Setback::Poisoned { .. } => Problem::new(Code::Internal, ""),
    };
    for ticket in tickets {
        let _ = ticket.reply.send(Outcome::Rejected(Box::new(problem.clone())));
    }
}
