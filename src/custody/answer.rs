//! Shifts and differences as answered.

use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::book::{CashPaid, DifferenceRow, Direction, Found, FundRow, Resolution, ShiftRow, cash_sum};
use crate::custody::body::{DifferenceState, ShiftState};
use crate::division::Division;
use crate::id::{CashTransferId, DifferenceId, FundId, ShiftId};
use crate::money::Fen;
use crate::time::rfc3339;

/// A shift.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ShiftAnswer {
    /// Its identifier.
    pub id: ShiftId,
    /// The fund whose cash it is.
    pub fund_id: FundId,
    /// The street of the window.
    pub division: Division,
    /// Which shift of the box.
    pub ordinal: i32,
    /// Who holds the box.
    pub custodian: String,
    /// Whether it is over.
    pub state: ShiftState,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// When it was closed.
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// Who closed it: its custodian, or finance.
    pub closed_by: Option<String>,
    /// Counted at the opening, in fen.
    pub opening_fen: Fen,
    /// Paid in cash while nobody held the box, before this shift was opened, in fen.
    pub paid_between_fen: Fen,
    /// In how many payments.
    #[schema(minimum = 0)]
    pub paid_between_count: i64,
    /// Drawn from the bank, in fen.
    pub drawn_fen: Fen,
    /// Paid into the bank, in fen.
    pub paid_in_fen: Fen,
    /// Missing cash that came back into the box during the shift, in fen.
    pub put_back_fen: Fen,
    /// Paid in cash, in fen; null in lists while the shift is open.
    pub paid_fen: Option<Fen>,
    /// What the box should hold, in fen: opening + drawn + put back − paid in − paid; null in lists while the shift is open.
    pub expected_fen: Option<Fen>,
    /// Counted at the closing, in fen.
    pub counted_fen: Option<Fen>,
    /// Counted less expected, in fen, of the count that this answers. An opening is held against what the shift before left less what was
    /// paid between.
    pub difference_fen: Option<Fen>,
}

/// The cash payments of a shift.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CashPaymentsAnswer {
    /// How many.
    count: usize,
    /// Receipts that lack the payee's signature.
    unsigned: Vec<String>,
    /// How many more lack it, of cases that are in no list.
    unsigned_sealed: usize,
}

/// A shift after it was opened or closed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CountedShift {
    #[serde(flatten)]
    pub shift: ShiftAnswer,
    /// Its cash payments.
    pub payments: CashPaymentsAnswer,
    /// The difference that the count found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_id: Option<DifferenceId>,
    /// Proof that it is in the audit log.
    pub receipt: LeafAnswer,
}

/// One shift with all that belongs to it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ShiftDetail {
    #[serde(flatten)]
    pub shift: ShiftAnswer,
    /// Its cash payments.
    pub payments: CashPaymentsAnswer,
    /// Cash drawn and paid in.
    pub transfers: Vec<CashTransferAnswer>,
    /// What its counts found.
    pub differences: Vec<DifferenceAnswer>,
}

/// Cash drawn or paid in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CashTransferAnswer {
    id: CashTransferId,
    direction: Direction,
    amount_fen: Fen,
    reference: String,
    #[schema(value_type = String, format = Date)]
    value_date: Date,
    #[schema(format = DateTime)]
    at: String,
}

/// Cash that was drawn or paid in just now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MovedCash {
    pub id: CashTransferId,
    pub shift_id: ShiftId,
    pub direction: Direction,
    pub amount_fen: Fen,
    /// What the box should hold after it, in fen.
    pub expected_fen: Fen,
    /// The fund after it: its totals stay, its version moves.
    pub fund: BoxFundAnswer,
    /// Proof that it is in the audit log.
    pub receipt: LeafAnswer,
}

/// A difference.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DifferenceAnswer {
    pub id: DifferenceId,
    pub shift_id: ShiftId,
    pub fund_id: FundId,
    pub division: Division,
    /// Which count found it.
    pub found: Found,
    /// Counted less expected, in fen: below zero when cash is missing.
    pub amount_fen: Fen,
    /// What the box should have held, in fen: below zero when more was paid than is known to have come in.
    pub expected_fen: Fen,
    pub state: DifferenceState,
    /// Who held the box around the count.
    pub holders: Vec<String>,
    #[schema(format = DateTime)]
    pub found_at: String,
    pub outcome: Option<Resolution>,
    pub resolved_by: Option<String>,
    pub countersigned_by: Option<String>,
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// Why; for finance and auditors, and never in a stored answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A difference that was resolved just now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ResolvedDifference {
    #[serde(flatten)]
    pub difference: DifferenceAnswer,
    /// The fund after it.
    pub fund: BoxFundAnswer,
    /// Proof that it is in the audit log.
    pub receipt: LeafAnswer,
}

/// The fund of a box.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BoxFundAnswer {
    id: FundId,
    available_fen: Fen,
    version: i64,
}

/// Where an answer is in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LeafAnswer {
    /// SHA-256 of the leaf, lower-case hexadecimal.
    pub leaf_hash: String,
}

impl ShiftAnswer {
    /// A shift as it is kept: what an open one has paid is not known from it.
    pub fn stored(row: &ShiftRow) -> Self {
        let closed = row.closed.as_ref();
        Self::with(row, closed.map(|closed| closed.paid))
    }

    /// A shift with what it has paid.
    pub fn of(row: &ShiftRow, paid: &[CashPaid]) -> Self {
        Self::with(row, row.closed.as_ref().map(|closed| closed.paid).or_else(|| cash_sum(paid)))
    }

    fn with(row: &ShiftRow, paid: Option<Fen>) -> Self {
        let (closed, expected) = (row.closed.as_ref(), paid.and_then(|paid| row.expected(paid)));
        Self {
            id: row.id,
            fund_id: row.fund,
            division: row.street,
            ordinal: row.ordinal,
            custodian: row.custodian.sub().to_owned(),
            state: if closed.is_some() { ShiftState::Closed } else { ShiftState::Open },
            opened_at: rfc3339(row.opened_at),
            closed_at: closed.map(|closed| rfc3339(closed.at)),
            closed_by: closed.map(|closed| closed.by.sub().to_owned()),
            opening_fen: row.opening,
            paid_between_fen: row.paid_between.amount,
            paid_between_count: row.paid_between.count,
            drawn_fen: row.drawn,
            paid_in_fen: row.paid_in,
            put_back_fen: row.put_back,
            paid_fen: paid,
            expected_fen: expected,
            counted_fen: closed.map(|closed| closed.counted),
            difference_fen: closed.zip(expected).and_then(|(closed, expected)| closed.counted.minus(expected)),
        }
    }
}

impl From<&[CashPaid]> for CashPaymentsAnswer {
    fn from(paid: &[CashPaid]) -> Self {
        let unsigned = || paid.iter().filter(|paid| !paid.signed);
        Self {
            count: paid.len(),
            unsigned: unsigned().filter(|paid| !paid.sealed).map(|paid| paid.receipt_number.clone()).collect(),
            unsigned_sealed: unsigned().filter(|paid| paid.sealed).count(),
        }
    }
}

impl From<&Row> for CashTransferAnswer {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            direction: row.get("direction"),
            amount_fen: row.get("amount"),
            reference: row.get("reference"),
            value_date: row.get("value_date"),
            at: rfc3339(row.get("at")),
        }
    }
}

impl DifferenceAnswer {
    /// A difference, with its note for those who may read it.
    pub fn of(row: &DifferenceRow, note: Option<String>) -> Self {
        let resolved = row.resolved.as_ref();
        Self {
            id: row.id,
            shift_id: row.shift,
            fund_id: row.fund,
            division: row.street,
            found: row.found,
            amount_fen: row.amount,
            expected_fen: row.expected,
            state: if resolved.is_some() { DifferenceState::Resolved } else { DifferenceState::Open },
            holders: row.holders.iter().map(|holder| holder.sub().to_owned()).collect(),
            found_at: rfc3339(row.found_at),
            outcome: resolved.map(|resolved| resolved.outcome),
            resolved_by: resolved.map(|resolved| resolved.by.sub().to_owned()),
            countersigned_by: resolved.map(|resolved| resolved.countersigned_by.sub().to_owned()),
            resolved_at: resolved.map(|resolved| rfc3339(resolved.at)),
            note,
        }
    }
}

impl From<&FundRow> for BoxFundAnswer {
    fn from(fund: &FundRow) -> Self {
        Self { id: fund.id, available_fen: fund.available(), version: fund.version }
    }
}
