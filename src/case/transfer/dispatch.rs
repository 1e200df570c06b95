//! An instruction is made: its bytes are committed, so that every sending sends the same.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Book, Facts, InstructionRow, Key, Keys, Move, Ruling};
use crate::case::life::{Change, Target};
use crate::case::party::unseal;
use crate::case::payment::PaymentState;
use crate::case::transfer::instruction::{bound_to, instruction};
use crate::code::Code;
use crate::division::City;
use crate::http::{Context, Problem};
use crate::id::{CaseId, PaymentId};
use crate::reads::Readers;
use crate::vault::Vault;

/// Makes the instruction of a case's payment. `CONFLICT` when another server was first.
pub async fn instruct(
    readers: &Readers,
    book: &Book,
    vault: &Vault,
    (city, case, payment): (City, CaseId, PaymentId),
) -> Result<(), Problem> {
    let (target, row) = Target::read(readers, Arc::new(Actor::clock(city)), Context::house(), case).await?;
    let parties = unseal(vault, case, &row.parties).map_err(Problem::internal)?;
    let told = instruction(&row, &parties, payment);
    let told = told.ok_or_else(|| Problem::internal("the case does not say where the money goes"))?;
    let bytes = zeroize::Zeroizing::new(told.bytes().map_err(Problem::internal)?);
    let bytes = vault.seal(&bytes, bound_to(payment.uuid()).as_bytes()).map_err(Problem::internal)?;
    book.play(city, Key::Own, Dispatch { target, payment, bytes: bytes.as_bytes().into() }).await.map(|_| ())
}

/// Makes the instruction of a payment.
pub struct Dispatch {
    pub target: Target,
    pub payment: PaymentId,
    /// Sealed: it names the holder and the account.
    pub bytes: Arc<[u8]>,
}

impl Move for Dispatch {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(standing) = self.target.locked(facts) else {
            return Ruling::rejected(Problem::new(Code::Conflict, "the case has changed meanwhile"));
        };
        let mut change = Change::begin(&self.target, facts, &standing, "dispatch");
        let payment = change.payments.iter_mut().find(|payment| payment.id == self.payment);
        let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Instructed) else {
            // Another server was first.
            return Ruling::rejected(Problem::new(Code::Conflict, "the payment is no longer to be sent"));
        };
        payment.state = PaymentState::Dispatched;
        change.rows.instructions.push(InstructionRow {
            city: change.case.city,
            payment: self.payment,
            case: Some(change.case.id),
            bytes: self.bytes.clone(),
        });
        change.done(200, &standing)
    }
}
