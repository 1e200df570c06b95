//! Rows of cash custody as the database takes and gives them: records of its tables, column for column.

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::Row;

use crate::actor::Subject;
use crate::book::records::record;
use crate::book::{
    CashPaid, CashTransferRow, ClosedShift, DifferenceRow, Direction, Found, PaidBetween, Presence, ReceivedBy, Resolution,
    Resolved, ShiftRow, SignatureRow,
};
use crate::division::{City, Division};
use crate::id::{CaseId, CashTransferId, DifferenceId, FundId, PaymentId, ShiftId};
use crate::money::Fen;

record! { ShiftRecord<'a> "custody_shift" (row: &'a ShiftRow, _now) {
    city: City = row.city,
    id: ShiftId = row.id,
    fund_id: FundId = row.fund,
    street: Division = row.street,
    ordinal: i32 = row.ordinal,
    custodian: &'a str = row.custodian.as_str(),
    opened_at: Timestamp = row.opened_at,
    opened_version: i64 = row.opened_version,
    opening: Fen = row.opening,
    paid_between: Fen = row.paid_between.amount,
    paid_between_count: i64 = row.paid_between.count,
    drawn: Fen = row.drawn,
    paid_in: Fen = row.paid_in,
    put_back: Fen = row.put_back,
    put_back_after: Fen = row.put_back_after,
    closed_at: Option<Timestamp> = row.closed.as_ref().map(|closed| closed.at),
    closed_version: Option<i64> = row.closed.as_ref().map(|closed| closed.version),
    closed_by: Option<&'a str> = row.closed.as_ref().map(|closed| closed.by.as_str()),
    paid: Option<Fen> = row.closed.as_ref().map(|closed| closed.paid),
    closing: Option<Fen> = row.closed.as_ref().map(|closed| closed.counted),
    note: Option<&'a [u8]> = row.closed.as_ref().and_then(|closed| closed.note.as_deref()),
} }

record! { CashTransferRecord<'a> "cash_transfer" (row: &'a CashTransferRow, now) {
    city: City = row.city,
    id: CashTransferId = row.id,
    shift_id: ShiftId = row.shift,
    fund_id: FundId = row.fund,
    fund_version: i64 = row.fund_version,
    direction: Direction = row.direction,
    amount: Fen = row.amount,
    reference: &'a str = &row.reference,
    value_date: Date = row.value_date,
    at: Timestamp = now,
} }

record! { DifferenceRecord<'a> "cash_difference" (row: &'a DifferenceRow, _now) {
    city: City = row.city,
    id: DifferenceId = row.id,
    shift_id: ShiftId = row.shift,
    fund_id: FundId = row.fund,
    street: Division = row.street,
    found: Found = row.found,
    amount: Fen = row.amount,
    expected: Fen = row.expected,
    holders: &'a [Subject] = &row.holders,
    found_at: Timestamp = row.found_at,
    outcome: Option<Resolution> = row.resolved.as_ref().map(|resolved| resolved.outcome),
    resolved_by: Option<&'a str> = row.resolved.as_ref().map(|resolved| resolved.by.as_str()),
    countersigned_by: Option<&'a str> = row.resolved.as_ref().map(|resolved| resolved.countersigned_by.as_str()),
    resolved_at: Option<Timestamp> = row.resolved.as_ref().map(|resolved| resolved.at),
    note: Option<&'a [u8]> = row.resolved.as_ref().and_then(|resolved| resolved.note.as_deref()),
} }

record! { SignatureRecord<'a> "cash_signature" (row: &'a SignatureRow, _now) {
    city: City = row.city,
    payment_id: PaymentId = row.payment,
    case_id: CaseId = row.case,
    received_by: ReceivedBy = row.received_by,
    signature_ref: &'a str = &row.reference,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = row.at,
} }

#[derive(FromSql)]
#[postgres(name = "custody_shift")]
pub(super) struct FoundShift {
    city: City,
    id: ShiftId,
    fund_id: FundId,
    street: Division,
    ordinal: i32,
    custodian: Subject,
    opened_at: Timestamp,
    opened_version: i64,
    opening: Fen,
    paid_between: Fen,
    paid_between_count: i64,
    drawn: Fen,
    paid_in: Fen,
    put_back: Fen,
    put_back_after: Fen,
    closed_at: Option<Timestamp>,
    closed_version: Option<i64>,
    closed_by: Option<Subject>,
    paid: Option<Fen>,
    closing: Option<Fen>,
    note: Option<Vec<u8>>,
}

impl From<FoundShift> for ShiftRow {
    fn from(row: FoundShift) -> Self {
        let note = row.note.map(Into::into);
        let end = row.closed_at.zip(row.closed_version).zip(row.closed_by).zip(row.paid.zip(row.closing));
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            fund: row.fund_id,
            street: row.street,
            ordinal: row.ordinal,
            custodian: row.custodian,
            opened_at: row.opened_at,
            opened_version: row.opened_version,
            opening: row.opening,
            paid_between: PaidBetween { count: row.paid_between_count, amount: row.paid_between },
            drawn: row.drawn,
            paid_in: row.paid_in,
            put_back: row.put_back,
            put_back_after: row.put_back_after,
            closed: end.map(|(((at, version), by), (paid, counted))| ClosedShift { at, version, by, paid, counted, note }),
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "cash_difference")]
pub(super) struct FoundDifference {
    city: City,
    id: DifferenceId,
    shift_id: ShiftId,
    fund_id: FundId,
    street: Division,
    found: Found,
    amount: Fen,
    expected: Fen,
    holders: Vec<Subject>,
    found_at: Timestamp,
    outcome: Option<Resolution>,
    resolved_by: Option<Subject>,
    countersigned_by: Option<Subject>,
    resolved_at: Option<Timestamp>,
    note: Option<Vec<u8>>,
}

impl From<FoundDifference> for DifferenceRow {
    fn from(row: FoundDifference) -> Self {
        let note = row.note.map(Into::into);
        let end = row.outcome.zip(row.resolved_by).zip(row.countersigned_by.zip(row.resolved_at));
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            shift: row.shift_id,
            fund: row.fund_id,
            street: row.street,
            found: row.found,
            amount: row.amount,
            expected: row.expected,
            holders: row.holders,
            found_at: row.found_at,
            resolved: end.map(|((outcome, by), (countersigned_by, at))| Resolved { outcome, by, countersigned_by, at, note }),
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "cash_signature")]
pub(super) struct FoundSignature {
    city: City,
    payment_id: PaymentId,
    case_id: CaseId,
    received_by: ReceivedBy,
    signature_ref: String,
    officer: Subject,
    at: Timestamp,
}

impl From<FoundSignature> for SignatureRow {
    fn from(row: FoundSignature) -> Self {
        Self {
            city: row.city,
            payment: row.payment_id,
            case: row.case_id,
            received_by: row.received_by,
            reference: row.signature_ref,
            officer: row.officer,
            at: row.at,
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "cash_paid")]
pub(super) struct FoundPaid {
    pub(super) city: City,
    pub(super) shift_id: ShiftId,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    case_id: CaseId,
    payment_id: PaymentId,
    amount: Fen,
    receipt_number: String,
    signed: bool,
    sealed: bool,
}

impl From<FoundPaid> for CashPaid {
    fn from(row: FoundPaid) -> Self {
        let FoundPaid { payment_id: payment, amount, receipt_number, signed, sealed, .. } = row;
        Self { payment, amount, receipt_number, signed, sealed }
    }
}

/// A shift as a statement reads it that returns `custody_shift as row`.
pub fn shift(row: &Row) -> ShiftRow {
    row.get::<_, FoundShift>("row").into()
}

/// A difference as a statement reads it that returns `cash_difference as row`.
pub fn difference(row: &Row) -> DifferenceRow {
    row.get::<_, FoundDifference>("row").into()
}

/// Cash paid as a statement reads it that returns `cash_paid as row`.
pub fn cash_paid(row: &Row) -> CashPaid {
    row.get::<_, FoundPaid>("row").into()
}
