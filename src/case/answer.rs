//! What a window is told. Holds no personal data: it is stored for ever.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::book::{CaseState, FundRow};
use crate::case::payment::{Handed, Payment, PaymentState};
use crate::code::Code;
use crate::id::{CaseId, FundId, IncidentId, OptionId, PaymentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Decision, Method};

/// `201` of `POST /v1/fast-track`
#[derive(Serialize, utoipa::ToSchema)]
pub struct FastTrackAnswer {
    /// The case.
    pub case: CaseAnswer,
    /// The decision with every limit compared.
    pub decision: DecisionAnswer,
    /// The payments made or instructed.
    pub payments: Vec<PaymentAnswer>,
    /// The paying fund after it.
    pub fund: FundAnswer,
    /// Proof that it is in the audit log.
    pub receipt: ReceiptAnswer,
}

/// `201` of `POST /v1/cases`
#[derive(Serialize, utoipa::ToSchema)]
pub struct AcceptAnswer {
    /// The case.
    pub case: CaseAnswer,
    /// What would be decided at this moment: an outlook for the approver, not a decision.
    pub outlook: DecisionAnswer,
    /// Proof that it is in the audit log.
    pub receipt: ReceiptAnswer,
}

/// `200` of `POST /v1/decisions/preview`
#[derive(Serialize, utoipa::ToSchema)]
pub struct PreviewAnswer {
    /// The decision with every limit compared.
    pub decision: DecisionAnswer,
    /// The payments that would be made.
    pub payments: Vec<SharedAnswer>,
    /// The paying fund as it is.
    pub fund: FundAnswer,
}

/// The case.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CaseAnswer {
    /// Its identifier.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// How far it is.
    pub state: CaseState,
    /// Its incident.
    pub incident_id: IncidentId,
    /// The day by which the papers must be there; null when none are missing.
    #[schema(value_type = Option<String>, format = Date)]
    pub completion_due: Option<Date>,
    /// True when that day lies beyond the announced calendar.
    pub completion_due_provisional: bool,
    /// Papers that must follow.
    pub missing: Vec<String>,
}

/// The decision, and ways out of a refusal.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DecisionAnswer {
    #[serde(flatten)]
    decision: Decision,
    options: Vec<WayOut>,
}

impl DecisionAnswer {
    /// A decision with its ways out.
    pub fn new(decision: Decision, options: Vec<WayOut>) -> Self {
        Self { decision, options }
    }

    /// What was decided.
    pub fn code(&self) -> Code {
        self.decision.code
    }
}

/// What can be done when a fund has not enough left.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WayOut {
    /// Its identifier.
    pub id: OptionId,
    /// What it is.
    pub kind: WayOutKind,
    /// What it pays or asks for, in fen.
    pub amount_fen: Fen,
    /// What it leaves for the next top-up, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_fen: Option<Fen>,
}

/// Ways out of a short fund, the first the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayOutKind {
    /// Pay what is left, queue the rest.
    PartialNow,
    /// Borrow from the district's pool.
    PoolLoan,
    /// Help in goods.
    Goods,
    /// Ask the county to top up at once.
    UrgentTopup,
}

/// A payment.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PaymentAnswer {
    id: PaymentId,
    method: Method,
    amount_fen: Fen,
    state: PaymentState,
    receipt_number: String,
    /// What was handed out of a store.
    #[serde(skip_serializing_if = "Option::is_none")]
    goods: Option<Handed>,
}

impl From<&Payment> for PaymentAnswer {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.id,
            method: payment.method,
            amount_fen: payment.amount_fen,
            state: payment.state,
            receipt_number: payment.receipt_number.clone(),
            goods: payment.goods.clone(),
        }
    }
}

/// A payment that would be made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SharedAnswer {
    /// How.
    pub method: Method,
    /// How much, in fen.
    pub amount_fen: Fen,
}

/// The fund.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PayingFundAnswer)]
pub struct FundAnswer {
    id: FundId,
    available_fen: Fen,
    version: i64,
}

impl From<&FundRow> for FundAnswer {
    fn from(fund: &FundRow) -> Self {
        Self { id: fund.id, available_fen: fund.available(), version: fund.version }
    }
}

/// Proof that it is in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReceiptAnswer {
    /// SHA-256 of the leaf (RFC 6962), lower-case hex.
    pub leaf_hash: String,
}
