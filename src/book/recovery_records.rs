//! Rows of recoveries as the database takes them: records of its tables, column for column, in the order of the columns.

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::ToSql;

use crate::book::records::record;
use crate::book::{CancellationRow, ReceiptRow, RecoveryRow, RecoveryState, RefundRow, WriteOffReason, WriteOffRow};
use crate::division::{City, Division};
use crate::id::{CancellationId, CaseId, FundId, ReceiptId, RecoveryId, RefundId, SettlementId, WriteOffId};
use crate::money::Fen;
use crate::vault::BlindIndex;

record! { RecoveryRecord<'a> "recovery" (row: &'a RecoveryRow, _now) {
    city: City = row.city,
    id: RecoveryId = row.id,
    case_id: Option<CaseId> = row.of.case(),
    fund_id: FundId = row.fund,
    division: Division = row.division,
    debtor: BlindIndex = row.debtor,
    party: &'a [u8] = &row.party,
    state: RecoveryState = row.state,
    principal: Fen = row.principal,
    fine: Fen = row.fine,
    repaid_principal: Fen = row.repaid_principal,
    repaid_fine: Fen = row.repaid_fine,
    to_fund: Fen = row.to_fund,
    overpaid: Fen = row.overpaid,
    refunded: Fen = row.refunded,
    written_off_principal: Fen = row.written_off_principal,
    written_off_fine: Fen = row.written_off_fine,
    dues: &'a [Date] = &row.dues,
    amounts: &'a [Fen] = &row.amounts,
    bar_until: Option<Date> = row.bar_until,
    authority_ref: &'a str = &row.authority_ref,
    imposed_by: &'a str = row.imposed_by.as_str(),
    imposed_at: Timestamp = row.imposed_at,
    version: i64 = row.version,
    settlement_id: Option<SettlementId> = row.of.settlement(),
} }

record! { ReceiptRecord<'a> "recovery_receipt" (row: &'a ReceiptRow, now) {
    city: City = row.city,
    id: ReceiptId = row.id,
    recovery_id: RecoveryId = row.recovery,
    amount: Fen = row.amount,
    principal: Fen = row.principal,
    fine: Fen = row.fine,
    overpaid: Fen = row.overpaid,
    to_fund: Fen = row.to_fund,
    to_treasury: Fen = row.to_treasury,
    reference: &'a str = &row.reference,
    received_on: Date = row.received_on,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
} }

record! { WriteOffRecord<'a> "recovery_write_off" (row: &'a WriteOffRow, now) {
    city: City = row.city,
    id: WriteOffId = row.id,
    recovery_id: RecoveryId = row.recovery,
    principal: Fen = row.principal,
    fine: Fen = row.fine,
    reason: WriteOffReason = row.reason,
    note: &'a [u8] = &row.note,
    officer: &'a str = row.officer.as_str(),
    countersigned_by: &'a str = row.countersigned_by.as_str(),
    at: Timestamp = now,
} }

record! { RefundRecord<'a> "recovery_refund" (row: &'a RefundRow, now) {
    city: City = row.city,
    id: RefundId = row.id,
    recovery_id: RecoveryId = row.recovery,
    amount: Fen = row.amount,
    reference: &'a str = &row.reference,
    officer: &'a str = row.officer.as_str(),
    countersigned_by: &'a str = row.countersigned_by.as_str(),
    at: Timestamp = now,
} }

record! { CancellationRecord<'a> "recovery_cancellation" (row: &'a CancellationRow, now) {
    city: City = row.city,
    id: CancellationId = row.id,
    recovery_id: RecoveryId = row.recovery,
    note: &'a [u8] = &row.note,
    officer: &'a str = row.officer.as_str(),
    countersigned_by: &'a str = row.countersigned_by.as_str(),
    at: Timestamp = now,
} }
