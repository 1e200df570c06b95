//! An instruction is made: its bytes are committed, so that every sending sends the same.

use std::sync::Arc;

use crate::book::{Facts, InstructionRow, Keys, Move, Ruling};
use crate::case::life::{Change, Target};
use crate::case::payment::PaymentState;
use crate::code::Code;
use crate::http::Problem;
use crate::id::PaymentId;

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
            case: change.case.id,
            bytes: self.bytes.clone(),
        });
        change.done(200, &standing)
    }
}
