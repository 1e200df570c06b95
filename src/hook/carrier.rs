//! Carries deliveries to their receivers for as long as the server runs. Several servers may: rows are leased, and a receiver knows a
//! message by its `webhook-id`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

use crate::actor::Actor;
use crate::book::{Book, DeliveryState, HookState, Key};
use crate::division::City;
use crate::hook::end::End;
use crate::hook::lease::{Attempt, Leased, Leases};
use crate::hook::retention::Retention;
use crate::hook::schedule::wait;
use crate::hook::secret::Secret;
use crate::hook::sender::{Message, Said, Sender};
use crate::hook::signature::sign;
use crate::id::{HookId, LeafId};
use crate::rail::{OwnKey, jitter};
use crate::telemetry::Metrics;
use crate::vault::Vault;

/// How often a server looks.
const EVERY: Duration = Duration::from_millis(500);
/// Deliveries under way at once.
const MOST: usize = 64;

/// A server's part in telling hooks.
pub struct Carrier {
    /// Takes deliveries.
    pub leases: Leases,
    /// Speaks to receivers.
    pub sender: Arc<Sender>,
    /// Derives secrets.
    pub vault: Arc<Vault>,
    /// Signs besides them.
    pub key: Option<OwnKey>,
    /// Where a hook ends whose receiver is gone.
    pub book: Book,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Deletes what was kept long enough.
    pub retention: Retention,
}

/// An attempt that has its answer.
type Done = (Box<Leased>, Said);

/// Attempts under way, by their tasks.
#[derive(Default)]
struct Under {
    tasks: JoinSet<Done>,
    hooks: HashMap<Id, HookId>,
}

impl Carrier {
    /// Works until the server stops. What is under way then is sent again when its lease is over.
    pub async fn run(mut self) {
        let (mut under, mut tick) = (Under::default(), tokio::time::interval(EVERY));
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                Some(ended) = under.tasks.join_next_with_id() => {
                    self.take_in(&mut under, ended).await;
                }
            }
            // Without anybody who listens there is nothing to look for.
            if under.tasks.len() < MOST && !self.book.rules().hooks.is_empty() {
                self.send_out(&mut under).await;
            }
            self.retention.look(&mut self.leases).await;
        }
    }

    async fn send_out(&mut self, under: &mut Under) {
        let mut busy: Vec<HookId> = under.hooks.values().copied().collect();
        busy.sort_unstable();
        busy.dedup();
        let leased = match self.leases.claim(&busy, MOST - under.tasks.len()).await {
            Ok(leased) => leased,
            Err(error) => {
                tracing::warn!(error = error.to_string(), "deliveries wait: the database is away");
                return;
            }
        };
        for leased in leased {
            let (hook, rotation) = (leased.hook, leased.rotation);
            let rotations = [Some(rotation), leased.overlaps.then_some(rotation - 1)];
            let secrets: Vec<Secret> =
                rotations.into_iter().flatten().map(|rotation| Secret::of(&self.vault, hook, rotation)).collect();
            let id = leased.id.to_string();
            let signature = sign(&id, leased.now.as_second(), &leased.body, &secrets, self.key.as_ref());
            let sender = self.sender.clone();
            let task = under.tasks.spawn(async move {
                let message = Message { id: &id, at: leased.now, signature: &signature, body: &leased.body };
                let said = sender.send(&leased.url, &message).await;
                (Box::new(leased), said)
            });
            under.hooks.insert(task.id(), hook);
        }
    }

    async fn take_in(&mut self, under: &mut Under, ended: Result<(Id, Done), JoinError>) {
        match ended {
            Ok((id, (leased, said))) => {
                under.hooks.remove(&id);
                self.settle(&leased, said).await;
            }
            Err(error) => {
                under.hooks.remove(&error.id());
                tracing::error!(%error, "an attempt ended without an answer; its lease runs out");
            }
        }
    }

    async fn settle(&mut self, leased: &Leased, said: Said) {
        let attempt = attempt(leased, said);
        let outcome = match self.leases.settle(leased, &attempt).await {
            Ok(Some(DeliveryState::Delivered)) => "delivered",
            Ok(Some(DeliveryState::Pending)) => "failed",
            Ok(Some(DeliveryState::Dead)) => "dead",
            // Another server has it, or somebody wants it sent again: this answer counts no more.
            Ok(None) => "fenced",
            Err(error) => {
                tracing::warn!(error = error.to_string(), "a lease runs out by itself");
                "unrecorded"
            }
        };
        self.metrics.hook_deliveries_total.with_label_values(&[outcome]).inc();
        if outcome == "dead" {
            tracing::warn!(hook = %leased.hook, delivery = %leased.id, "a delivery is dead");
            if said == Said::Gone {
                self.disable(leased.city, leased.hook).await;
            }
        }
    }

    /// Nothing more is sent to a receiver that is gone. Should this fail, its next delivery brings the same answer.
    async fn disable(&self, city: City, hook: HookId) {
        let end = End { actor: Arc::new(Actor::clock(city)), hook, state: HookState::Disabled, leaf: LeafId::new() };
        match self.book.play(city, Key::Own, end).await {
            Ok(_) => tracing::warn!(%hook, "a hook is disabled: its receiver is gone"),
            Err(problem) => tracing::warn!(%hook, code = problem.code().as_str(), "a hook is not disabled yet"),
        }
    }
}

/// What an answer means for its delivery.
fn attempt(leased: &Leased, said: Said) -> Attempt {
    let (status, state, asked) = match said {
        Said::Taken(status) => (Some(status), DeliveryState::Delivered, None),
        Said::Gone => (Some(410), DeliveryState::Dead, None),
        Said::NotNow { status, after } => (Some(status), DeliveryState::Pending, after),
        Said::Nothing => (None, DeliveryState::Pending, None),
    };
    let status = status.and_then(|status| i16::try_from(status).ok());
    Attempt { status, state, wait: wait(leased.attempts, jitter(), asked) }
}
