//! On which terms a hospital treats a patient: whether the roster knows them, and what the hospital takes off.

use crate::actor::Actor;
use crate::http::Problem;
use crate::settlement::bill::Discounts;

/// The terms of one stay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// Whether the patient is on the roster.
    pub member: bool,
    /// What the hospital takes off, per cent.
    pub discounts: Discounts,
}

/// The terms of a stay: those that its waiver promised, or, for a member of the roster without one, those of the hospital on that day.
///
/// Neither waivers nor hospitals are kept yet: whatever waiver is named is not there, and nobody has a discount. This is the one place
/// where they will be joined; the waiver will be closed by the move that settles.
pub fn terms_of(actor: &Actor, waiver: Option<uuid::Uuid>) -> Result<Terms, Problem> {
    match waiver {
        Some(_) => Err(Problem::outside_scope(actor.scope)),
        None => Ok(Terms::default()),
    }
}
