//! Clearings as answered. Amounts in fen.

use serde::Serialize;

use crate::book::{ClearingRow, ClearingState};
use crate::id::{ClearingId, FundId, SettlementId};
use crate::money::Fen;
use crate::settlement::answer::EvidenceAnswer;
use crate::time::rfc3339;

/// What a clearing pays for one settlement.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClearedAnswer {
    /// The settlement.
    pub id: SettlementId,
    /// How much.
    pub amount_fen: Fen,
}

/// A clearing.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClearingDetail {
    /// Its identifier, by which the bank knows it.
    pub id: ClearingId,
    /// The fund that pays.
    pub fund_id: FundId,
    /// Credit code of the hospital that is paid.
    pub hospital: String,
    /// How much.
    pub amount_fen: Fen,
    /// What the payment is called.
    pub reference: String,
    /// For what.
    pub settlements: Vec<ClearedAnswer>,
    /// How far the bank is with it.
    pub state: ClearingState,
    /// When it was made.
    #[schema(format = DateTime)]
    pub at: String,
    /// +1 with every change.
    pub version: i64,
}

/// `201` of `POST /v1/clearings`
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClearingAnswer {
    /// The clearing.
    #[serde(flatten)]
    pub clearing: ClearingDetail,
    /// Proof that it is in the audit log.
    pub receipt: EvidenceAnswer,
}

impl From<&ClearingRow> for ClearingDetail {
    fn from(row: &ClearingRow) -> Self {
        let parts = row.settlements.iter().zip(&row.amounts);
        Self {
            id: row.id,
            fund_id: row.fund,
            hospital: row.hospital.clone(),
            amount_fen: row.amount,
            reference: row.reference.clone(),
            settlements: parts.map(|(id, amount)| ClearedAnswer { id: *id, amount_fen: *amount }).collect(),
            state: row.state,
            at: rfc3339(row.at),
            version: row.version,
        }
    }
}
