//! Payments inside a case.

use serde::{Deserialize, Serialize};

pub use crate::book::ReceivedBy;
use crate::book::{CaseRow, CaseState};
use crate::id::{GoodsId, PaymentId};
use crate::money::Fen;
use crate::policy::Method;

/// State of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Written down, to be sent through the bank; its money stays held.
    Instructed,
    /// Sent to the bank.
    Dispatched,
    /// Sent, and nothing is known of it.
    Unknown,
    /// Final.
    Paid,
    /// Refused by the bank.
    Refused,
    /// Paid, and sent back.
    Returned,
}

impl PaymentState {
    /// True unless the money came back, or never left.
    pub const fn stands(self) -> bool {
        match self {
            Self::Instructed | Self::Dispatched | Self::Unknown | Self::Paid => true,
            Self::Refused | Self::Returned => false,
        }
    }
}

/// A payment as the case keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its identifier.
    pub id: PaymentId,
    /// How.
    pub method: Method,
    /// How much, in fen.
    pub amount_fen: Fen,
    /// How far it is.
    pub state: PaymentState,
    /// The number of its receipt.
    pub receipt_number: String,
    /// Who takes the cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<ReceivedBy>,
    /// Where the signature is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_ref: Option<String>,
    /// Credit code of the hospital it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<String>,
    /// What was handed out of a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<Handed>,
}

/// Goods handed out of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Handed {
    /// Which.
    pub id: GoodsId,
    /// What it is.
    pub name: String,
    /// What one of it is called.
    pub unit: String,
    /// How many.
    pub quantity: i64,
}

/// The state a payment begins in: what is handed over is final, what goes through a bank stays held.
pub const fn first_state(method: Method) -> PaymentState {
    match method {
        Method::Cash | Method::Goods => PaymentState::Paid,
        Method::Bank | Method::Hospital => PaymentState::Instructed,
    }
}

/// The state of a granted case with these payments and this much of its grant not yet given to any.
pub fn case_state(payments: &[Payment], unpaid: Fen) -> CaseState {
    if payments
        .iter()
        .any(|payment| !matches!(payment.state, PaymentState::Paid | PaymentState::Refused | PaymentState::Returned))
    {
        CaseState::Paying
    } else if unpaid.is_some() {
        CaseState::Approved
    } else {
        CaseState::Paid
    }
}

/// The state of a case after a verb: without any grant it has ended as the verb says; paid out it is completed once papers were asked
/// for and none is missing.
pub fn state_of(case: &CaseRow, payments: &[Payment], free: Fen, ended: CaseState) -> CaseState {
    if !case.granted.is_some() {
        return ended;
    }
    // What waits in the queue is not paid out either.
    let unpaid = if case.queued.is_some() { case.queued } else { free };
    match case_state(payments, unpaid) {
        CaseState::Paid if case.completion_due.is_some() && case.missing.is_empty() => CaseState::Completed,
        state => state,
    }
}
