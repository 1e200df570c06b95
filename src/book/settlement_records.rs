//! Rows of settlements as the database takes and gives them: records of its tables, column for column.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::actor::Subject;
use crate::book::records::record;
use crate::book::{
    ClearingRow, ClearingState, HoldState, MessageRow, Payer, PayerStatus, Presence, SettlementEventKind, SettlementEventRow,
    SettlementHoldRow, SettlementRow, SettlementState,
};
use crate::division::{City, Division};
use crate::id::{ClearingId, FundId, HoldId, SettlementId};
use crate::money::Fen;
use crate::vault::BlindIndex;

record! { SettlementRecord<'a> "settlement" (row: &'a SettlementRow, _now) {
    city: City = row.city,
    id: SettlementId = row.id,
    division: Division = row.division,
    hospital: &'a str = &row.hospital,
    message_id: &'a str = &row.message,
    waiver_id: Option<Uuid> = row.waiver,
    visit_no: &'a str = &row.visit_no,
    person: BlindIndex = row.person,
    patient: &'a [u8] = &row.patient,
    diagnosis: Option<&'a [u8]> = row.diagnosis.as_deref(),
    bill: &'a str = &row.bill,
    parts: &'a str = &row.parts,
    total: Fen = row.total,
    state: SettlementState = row.state,
    version: i64 = row.version,
    settled_at: Timestamp = row.settled_at,
    settled_on: Date = row.settled_on,
    settled_by: &'a str = row.settled_by.as_str(),
    answer: &'a [u8] = &row.answer,
} }

record! { MessageRecord<'a> "settlement_message" (row: &'a MessageRow, now) {
    city: City = row.city,
    hospital: &'a str = &row.hospital,
    message_id: &'a str = &row.message,
    settlement_id: Option<SettlementId> = row.settlement.as_ref().map(|(id, _)| *id),
    fingerprint: Option<&'a [u8]> = row.settlement.as_ref().map(|(_, fingerprint)| fingerprint.as_slice()),
    reason: Option<&'a [u8]> = row.reason.as_deref(),
    at: Timestamp = now,
} }

record! { SettlementEventRecord<'a> "settlement_event" (row: &'a SettlementEventRow, now) {
    city: City = row.city,
    settlement_id: SettlementId = row.settlement,
    version: i64 = row.version,
    kind: SettlementEventKind = row.kind,
    payer: Option<Payer> = row.payer,
    status: Option<PayerStatus> = row.status,
    amount: Option<Fen> = row.amount,
    reference: Option<&'a str> = row.reference.as_deref(),
    reason: Option<&'a [u8]> = row.reason.as_deref(),
    parts: &'a str = &row.parts,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
} }

record! { SettlementHoldRecord "settlement_hold" (row: &SettlementHoldRow, _now) {
    city: City = row.city,
    id: HoldId = row.id,
    settlement_id: SettlementId = row.settlement,
    fund_id: FundId = row.fund,
    payer: Payer = row.payer,
    amount: Fen = row.amount,
    state: HoldState = HoldState::Held,
    held_at: Timestamp = row.held_at,
    resolved_at: Option<Timestamp> = None,
    resolutions: i16 = 0,
    clearing_id: Option<ClearingId> = row.clearing,
} }

record! { ClearingRecord<'a> "clearing" (row: &'a ClearingRow, _now) {
    city: City = row.city,
    id: ClearingId = row.id,
    fund_id: FundId = row.fund,
    division: Division = row.division,
    hospital: &'a str = &row.hospital,
    settlements: &'a [SettlementId] = &row.settlements,
    amount: Fen = row.amount,
    reference: &'a str = &row.reference,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = row.at,
    amounts: &'a [Fen] = &row.amounts,
    state: ClearingState = row.state,
    version: i64 = row.version,
} }

#[derive(FromSql)]
#[postgres(name = "settlement")]
pub(super) struct FoundSettlement {
    city: City,
    id: SettlementId,
    division: Division,
    hospital: String,
    message_id: String,
    waiver_id: Option<Uuid>,
    visit_no: String,
    person: BlindIndex,
    patient: Vec<u8>,
    diagnosis: Option<Vec<u8>>,
    bill: String,
    parts: String,
    total: Fen,
    state: SettlementState,
    version: i64,
    settled_at: Timestamp,
    settled_on: Date,
    settled_by: Subject,
    answer: Vec<u8>,
}

impl From<FoundSettlement> for SettlementRow {
    fn from(row: FoundSettlement) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            division: row.division,
            hospital: row.hospital,
            message: row.message_id,
            waiver: row.waiver_id,
            visit_no: row.visit_no,
            person: row.person,
            patient: row.patient.into(),
            diagnosis: row.diagnosis.map(Arc::from),
            bill: row.bill,
            parts: row.parts,
            total: row.total,
            state: row.state,
            version: row.version,
            settled_at: row.settled_at,
            settled_on: row.settled_on,
            settled_by: row.settled_by,
            answer: row.answer.into(),
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "settlement_message")]
pub(super) struct FoundMessage {
    city: City,
    hospital: String,
    message_id: String,
    settlement_id: Option<SettlementId>,
    fingerprint: Option<Vec<u8>>,
    reason: Option<Vec<u8>>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    at: Timestamp,
}

impl From<FoundMessage> for MessageRow {
    fn from(row: FoundMessage) -> Self {
        let fingerprint = row.fingerprint.and_then(|bytes| bytes.try_into().ok());
        let settlement = row.settlement_id.zip(fingerprint);
        let reason = row.reason.map(Arc::from);
        Self { city: row.city, hospital: row.hospital, message: row.message_id, settlement, reason }
    }
}

#[derive(FromSql)]
#[postgres(name = "settlement_hold")]
pub(super) struct FoundHold {
    city: City,
    id: HoldId,
    settlement_id: SettlementId,
    fund_id: FundId,
    payer: Payer,
    amount: Fen,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    state: HoldState,
    held_at: Timestamp,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    resolved_at: Option<Timestamp>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    resolutions: i16,
    clearing_id: Option<ClearingId>,
}

impl From<FoundHold> for SettlementHoldRow {
    fn from(row: FoundHold) -> Self {
        let FoundHold {
            city, id, settlement_id: settlement, fund_id: fund, payer, amount, held_at, clearing_id: clearing, ..
        } = row;
        Self { city, id, settlement, fund, payer, amount, held_at, clearing }
    }
}

#[derive(FromSql)]
#[postgres(name = "clearing")]
pub(super) struct FoundClearing {
    city: City,
    id: ClearingId,
    fund_id: FundId,
    division: Division,
    hospital: String,
    settlements: Vec<SettlementId>,
    amount: Fen,
    reference: String,
    officer: Subject,
    at: Timestamp,
    amounts: Vec<Fen>,
    state: ClearingState,
    version: i64,
}

impl From<FoundClearing> for ClearingRow {
    fn from(row: FoundClearing) -> Self {
        let FoundClearing { city, id, fund_id: fund, division, hospital, settlements, amount, reference, officer, .. } = row;
        let (presence, at, amounts, state, version) = (Presence::Stored, row.at, row.amounts, row.state, row.version);
        Self {
            presence,
            city,
            id,
            fund,
            division,
            hospital,
            settlements,
            amount,
            reference,
            officer,
            at,
            amounts,
            state,
            version,
        }
    }
}

/// A clearing as a statement reads it that returns `clearing as row`.
pub fn clearing(row: &Row) -> ClearingRow {
    row.get::<_, FoundClearing>("row").into()
}

/// A settlement as a statement reads it that returns `settlement as row`.
pub fn settlement(row: &Row) -> SettlementRow {
    row.get::<_, FoundSettlement>("row").into()
}
