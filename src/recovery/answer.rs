//! Recoveries as answered.

use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::Subject;
use crate::book::{ReceiptRow, RecoveryRow, RecoveryState, WriteOffReason};
use crate::division::Division;
use crate::id::{CancellationId, CaseId, FundId, ReceiptId, RecoveryId, RefundId, SettlementId, WriteOffId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::recovery::debtor::DebtorAnswer;
use crate::recovery::owed::{Filled, Owed, filled};
use crate::time::rfc3339;

/// A recovery. Amounts in fen.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryAnswer {
    /// Its identifier.
    pub id: RecoveryId,
    /// The case that was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_number: Option<CaseNumber>,
    /// The settlement that was paid, instead of a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_id: Option<SettlementId>,
    /// The fund that paid it.
    pub fund_id: FundId,
    /// Where the case was accepted, or where the hospital is.
    pub division: Division,
    /// Who has to pay. Only reads show it: answers of verbs are kept for ever, and hold nothing of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debtor: Option<DebtorAnswer>,
    /// How far it is.
    pub state: RecoveryState,
    /// What is to be paid back.
    pub principal_fen: Fen,
    /// The fine.
    pub fine_fen: Fen,
    /// Repaid of the principal.
    pub repaid_principal_fen: Fen,
    /// Repaid of the fine.
    pub repaid_fine_fen: Fen,
    /// Came in without being owed; what of it is not refunded is owed to the debtor.
    pub overpaid_fen: Fen,
    /// Refunded of that.
    pub refunded_fen: Fen,
    /// Given up of the principal.
    pub written_off_principal_fen: Fen,
    /// Given up of the fine.
    pub written_off_fine_fen: Fen,
    /// What is still owed.
    pub outstanding_fen: Fen,
    /// By when what is due.
    pub instalments: Vec<InstalmentAnswer>,
    /// The last day on which the debtor is helped by no new case, as this decision says.
    #[schema(value_type = Option<String>, format = Date)]
    pub bar_until: Option<Date>,
    /// What the decision in writing is called.
    pub authority_ref: String,
    /// Who imposed it.
    pub imposed_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub imposed_at: String,
    /// +1 with every change.
    pub version: i64,
}

/// One instalment. Amounts in fen.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InstalmentAnswer {
    /// By when.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// How much.
    pub amount_fen: Fen,
    /// Repaid of it.
    pub repaid_fen: Fen,
    /// True when its day is over and something of it is owed.
    pub overdue: bool,
}

/// Money that came in, and how it was split. Amounts in fen.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CountedAnswer {
    /// Its identifier.
    pub id: ReceiptId,
    /// How much.
    pub amount_fen: Fen,
    /// Repays principal.
    pub principal_fen: Fen,
    /// Repays the fine.
    pub fine_fen: Fen,
    /// Was not owed.
    pub overpaid_fen: Fen,
    /// Went back to the fund.
    pub to_fund_fen: Fen,
    /// Went to the treasury.
    pub to_treasury_fen: Fen,
    /// What the bank calls it.
    pub reference: String,
    /// The day it came in.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
}

/// A recovery after a change, with what the change was.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ChangedRecovery {
    /// The recovery.
    #[serde(flatten)]
    pub recovery: RecoveryAnswer,
    /// What came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedAnswer>,
    /// Proof that it is in the audit log.
    pub receipt: ProofAnswer,
}

/// `200` of `GET /v1/recoveries/{recovery}`
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryDetail {
    /// The recovery.
    #[serde(flatten)]
    pub recovery: RecoveryAnswer,
    /// What came in, the oldest first; at most a thousand.
    pub receipts: Vec<CountedAnswer>,
    /// What was given up, the oldest first; at most a thousand.
    pub write_offs: Vec<WriteOffAnswer>,
    /// What was paid back of over-payments, the oldest first; at most a thousand.
    pub refunds: Vec<RefundAnswer>,
    /// That it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<CancellationAnswer>,
}

/// What was given up, by two. Amounts in fen.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WriteOffAnswer {
    /// Its identifier.
    pub id: WriteOffId,
    /// Given up of the principal.
    pub principal_fen: Fen,
    /// Given up of the fine.
    pub fine_fen: Fen,
    /// Why.
    pub reason: WriteOffReason,
    /// Who gave it up.
    pub officer: String,
    /// Who signed besides.
    pub countersigned_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// What was paid back of an over-payment, by two.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RefundAnswer {
    /// Its identifier.
    pub id: RefundId,
    /// How much, in fen.
    pub amount_fen: Fen,
    /// What the bank calls it.
    pub reference: String,
    /// Who paid it back.
    pub officer: String,
    /// Who signed besides.
    pub countersigned_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// That a recovery was imposed in error and taken back, by two.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CancellationAnswer {
    /// Its identifier.
    pub id: CancellationId,
    /// Who took it back.
    pub officer: String,
    /// Who signed besides.
    pub countersigned_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// Proof that a change is in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProofAnswer {
    /// Hash of the leaf, lower-case hex.
    pub leaf_hash: String,
}

impl RecoveryAnswer {
    /// A recovery as it stands on a day.
    pub fn of(row: &RecoveryRow, case_number: Option<CaseNumber>, debtor: Option<DebtorAnswer>, today: Date) -> Self {
        Self {
            id: row.id,
            case_id: row.of.case(),
            case_number,
            settlement_id: row.of.settlement(),
            fund_id: row.fund,
            division: row.division,
            debtor,
            state: row.state,
            principal_fen: row.principal,
            fine_fen: row.fine,
            repaid_principal_fen: row.repaid_principal,
            repaid_fine_fen: row.repaid_fine,
            overpaid_fen: row.overpaid,
            refunded_fen: row.refunded,
            written_off_principal_fen: row.written_off_principal,
            written_off_fine_fen: row.written_off_fine,
            outstanding_fen: Owed::of(row).total(),
            instalments: instalments(row, today),
            bar_until: row.bar_until,
            authority_ref: row.authority_ref.clone(),
            imposed_by: row.imposed_by.sub().to_owned(),
            imposed_at: rfc3339(row.imposed_at),
            version: row.version,
        }
    }
}

fn instalments(row: &RecoveryRow, today: Date) -> Vec<InstalmentAnswer> {
    let repaid = row.repaid_principal.plus(row.repaid_fine).unwrap_or_default();
    let given_up = match row.state {
        RecoveryState::Cancelled => row.principal.plus(row.fine),
        RecoveryState::Open | RecoveryState::Settled | RecoveryState::WrittenOff => {
            row.written_off_principal.plus(row.written_off_fine)
        }
    };
    let given_up = given_up.unwrap_or_default();
    let filled = filled(&row.amounts, repaid, given_up);
    let shown = |((due, amount), filled): ((&Date, &Fen), Filled)| InstalmentAnswer {
        due: *due,
        amount_fen: *amount,
        repaid_fen: filled.repaid,
        overdue: *due < today && filled.lacks,
    };
    row.dues.iter().zip(&row.amounts).zip(filled).map(shown).collect()
}

impl From<&ReceiptRow> for CountedAnswer {
    fn from(row: &ReceiptRow) -> Self {
        Self {
            id: row.id,
            amount_fen: row.amount,
            principal_fen: row.principal,
            fine_fen: row.fine,
            overpaid_fen: row.overpaid,
            to_fund_fen: row.to_fund,
            to_treasury_fen: row.to_treasury,
            reference: row.reference.clone(),
            received_on: row.received_on,
        }
    }
}

impl CountedAnswer {
    /// Reads a row of `sql/recovery/receipts.sql`.
    pub fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            amount_fen: row.get("amount"),
            principal_fen: row.get("principal"),
            fine_fen: row.get("fine"),
            overpaid_fen: row.get("overpaid"),
            to_fund_fen: row.get("to_fund"),
            to_treasury_fen: row.get("to_treasury"),
            reference: row.get("reference"),
            received_on: row.get("received_on"),
        }
    }
}

impl WriteOffAnswer {
    /// Reads a row of `sql/recovery/write_offs.sql`.
    pub fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            principal_fen: row.get("principal"),
            fine_fen: row.get("fine"),
            reason: row.get("reason"),
            officer: row.get::<_, Subject>("officer").sub().to_owned(),
            countersigned_by: row.get::<_, Subject>("countersigned_by").sub().to_owned(),
            at: rfc3339(row.get("at")),
        }
    }
}

impl RefundAnswer {
    /// Reads a row of `sql/recovery/refunds.sql`.
    pub fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            amount_fen: row.get("amount"),
            reference: row.get("reference"),
            officer: row.get::<_, Subject>("officer").sub().to_owned(),
            countersigned_by: row.get::<_, Subject>("countersigned_by").sub().to_owned(),
            at: rfc3339(row.get("at")),
        }
    }
}

impl CancellationAnswer {
    /// Reads a row of `sql/recovery/cancellation.sql`.
    pub fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            officer: row.get::<_, Subject>("officer").sub().to_owned(),
            countersigned_by: row.get::<_, Subject>("countersigned_by").sub().to_owned(),
            at: rfc3339(row.get("at")),
        }
    }
}
