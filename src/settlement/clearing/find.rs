//! One clearing, for finance and auditors. It names nobody.

use crate::actor::Actor;
use crate::book::{ClearingRow, read_clearing};
use crate::http::Problem;
use crate::id::ClearingId;
use crate::reads::Readers;

/// Finds a clearing whose fund lies in the actor's scope.
pub async fn find(readers: &Readers, actor: &Actor, id: ClearingId) -> Result<ClearingRow, Problem> {
    let row = readers.optional(actor, include_str!("../../../sql/settlement/clearing.sql"), &[&actor.city(), &id]).await?;
    row.as_ref().map(read_clearing).ok_or_else(|| Problem::outside_scope(actor.scope))
}
