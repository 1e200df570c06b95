//! What a bank is told, out of a case.

use uuid::Uuid;

use crate::book::CaseRow;
use crate::case::party::{Part, Party};
use crate::case::payment::{Payment, PaymentState};
use crate::id::PaymentId;
use crate::identity::{AccountNumber, CreditCode, PersonName};
use crate::money::Amount;
use crate::rail::{Instruction, Payee, Word};

/// What the sealed bytes of an instruction are bound to: its identifier.
pub fn bound_to(instruction: Uuid) -> String {
    format!("instruction/{instruction}")
}

/// The instruction of a payment that is to be sent; `None` when it is not to be, or when what it needs is not there.
pub fn instruction(case: &CaseRow, parties: &[Party], id: PaymentId) -> Option<Instruction> {
    let payments: Vec<Payment> = serde_json::from_str(&case.payments).ok()?;
    let (place, payment) = payments.iter().enumerate().find(|(_, payment)| payment.id == id)?;
    if payment.state != PaymentState::Instructed {
        return None;
    }
    let holder = parties.iter().find(|party| party.part == Part::Payee && party.payment == Some(place + 1));
    let account = holder.and_then(|party| AccountNumber::parse(party.account.as_deref()?).ok());
    let (payee, name) = match (&payment.hospital, account) {
        (Some(code), _) => (Payee::Hospital(CreditCode::parse(code).ok()?), format!("医院{code}")),
        (None, Some(account)) => (Payee::Account(account), String::new()),
        (None, None) => return None,
    };
    let name = holder.map_or(name, |party| party.name.clone());
    Some(Instruction {
        id: id.uuid(),
        amount: Amount::try_from(payment.amount_fen.get()).ok()?,
        payee,
        holder: PersonName::parse(&name).ok()?,
        reference: Word::try_from(payment.receipt_number.clone()).ok()?,
        created_at: case.accepted_at,
    })
}
