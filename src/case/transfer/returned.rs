//! A payment that came back, as a statement of the bank tells it and not the rail.

use std::sync::Arc;

use crate::actor::Actor;
use crate::case::life::Target;
use crate::case::transfer::result::{BankSays, Settle};
use crate::division::City;
use crate::http::{Context, Problem};
use crate::id::{CaseId, HoldId, PaymentId};
use crate::reads::Readers;

/// The move that books a payment as returned, as the house itself; whoever plays it has asked whether the caller may.
pub async fn returned(readers: &Readers, city: City, case: CaseId, payment: PaymentId) -> Result<Settle, Problem> {
    let (target, _) = Target::read(readers, Arc::new(Actor::clock(city)), Context::house(), case).await?;
    Ok(Settle { target, payment, says: BankSays::Returned, reference: None, hold: HoldId::new() })
}
