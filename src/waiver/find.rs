//! One promise, for the hospital it was made to, and for finance and auditors of its place.

use crate::actor::Actor;
use crate::book::read_waiver;
use crate::http::Problem;
use crate::id::WaiverId;
use crate::reads::Readers;
use crate::waiver::answer::WaiverAnswer;
use crate::waiver::close::is_of;

/// The promise.
pub async fn find(readers: &Readers, actor: &Actor, id: WaiverId) -> Result<WaiverAnswer, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/waiver/find.sql"), &[&actor.city(), &id]).await?;
    let row = row.as_ref().map(read_waiver).filter(|row| is_of(actor, row)).ok_or_else(|| Problem::outside_scope(actor.scope))?;
    WaiverAnswer::of(&row).ok_or_else(|| Problem::internal("a promise does not hold its discounts"))
}
