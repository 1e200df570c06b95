//! Writes what a batch did to hooks, and what they are told of it.

use jiff::Timestamp;
use postgres_types::ToSql;

use crate::book::hook_rows::{HookRecord, NewDeliveryRecord};
use crate::book::played::Batch;
use crate::book::session::Session;
use crate::book::store::Writes;
use crate::book::{HookRow, Presence};

/// Hooks and deliveries: statements that only batches send whom somebody listens to.
pub fn hooks<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    let of = |presence: Presence| -> Vec<HookRecord<'a>> {
        let of = batch.hooks.values().filter(|row: &&HookRow| row.presence == presence);
        of.map(|row| HookRecord::of(row, now)).collect()
    };
    let (made, changed) = (of(Presence::New), of(Presence::Stored));
    if !made.is_empty() {
        writes.push((&sql.insert_hooks, vec![boxed(made)]));
    }
    // What is sent again first: a hook that ends in the same batch takes it along.
    for replay in &batch.replays {
        writes.push((&sql.replay_deliveries, vec![boxed(replay.city), boxed(&*replay.ids), boxed(now)]));
    }
    if !batch.deliveries.is_empty() {
        let told: Vec<_> = batch.deliveries.iter().map(|row| NewDeliveryRecord::of(row, now)).collect();
        writes.push((&sql.insert_deliveries, vec![boxed(told), boxed(now)]));
    }
    if !changed.is_empty() {
        writes.push((&sql.update_hooks, vec![boxed(changed)]));
    }
}

fn boxed<'a>(value: impl ToSql + Sync + Send + 'a) -> Box<dyn ToSql + Sync + Send + 'a> {
    Box::new(value)
}
