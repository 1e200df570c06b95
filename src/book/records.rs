//! Rows as the database takes them: records of its tables, column for column, in the order of the columns.

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::ToSql;
use uuid::Uuid;

use crate::audit::Leaf;
use crate::book::played::AnswerRow;
use crate::book::{Account, CounterRow, EntryRow, FundRow, IncidentRow, OfficerRow, PersonRow, Source};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, IncidentId, LeafId, PaymentId, RecoveryId, SettlementId};
use crate::money::Fen;
use crate::policy::Cause;
use crate::vault::BlindIndex;

/// Declares the record of a table and how a row becomes one.
macro_rules! record {
    ($name:ident $(<$life:lifetime>)? $table:literal ($row:ident: $from:ty, $at:ident) {
        $($column:ident: $kind:ty = $value:expr),+ $(,)?
    }) => {
        #[doc = concat!("A record of `", $table, "`.")]
        #[derive(Debug, ToSql)]
        #[postgres(name = $table)]
        pub struct $name $(<$life>)? { $($column: $kind,)+ }

        impl $(<$life>)? $name $(<$life>)? {
            /// The record of a row that is written at a moment.
            pub fn of($row: $from, $at: Timestamp) -> Self {
                Self { $($column: $value,)+ }
            }
        }
    };
}

record! { AnswerRecord<'a> "answer" (row: &'a AnswerRow, now) {
    city: City = row.city,
    key: Uuid = Uuid::from_bytes(row.key),
    fingerprint: &'a [u8] = &row.fingerprint,
    status: i16 = i16::try_from(row.answer.status).unwrap_or(i16::MAX),
    body: &'a [u8] = &row.answer.body,
    at: Timestamp = now,
} }

record! { PersonRecord "person" (row: &PersonRow, _now) {
    city: City = row.city,
    person: BlindIndex = row.person,
    year: i16 = row.year,
    year_granted: Fen = row.year_granted,
    barred_until: Option<Date> = row.barred_until,
    deceased_on: Option<Date> = row.deceased_on,
} }

record! { OfficerRecord<'a> "officer" (row: &'a OfficerRow, _now) {
    city: City = row.city,
    officer: &'a str = row.officer.as_str(),
    day: Date = row.day,
    day_granted: Fen = row.day_granted,
} }

record! { CounterRecord "case_counter" (row: &CounterRow, _now) {
    city: City = row.city,
    street: Division = row.street,
    day: Date = row.day,
    last: i32 = row.last,
} }

record! { FundTotals "fund_totals" (row: &FundRow, _now) {
    city: City = row.city,
    id: FundId = row.id,
    credited: Fen = row.credited,
    held: Fen = row.held,
    paid: Fen = row.paid,
    day: Date = row.day,
    day_granted: Fen = row.day_granted,
    version: i64 = row.version,
    loaned: Fen = row.loaned,
} }

record! { IncidentRecord<'a> "incident" (row: &'a IncidentRow, _now) {
    city: City = row.city,
    id: IncidentId = row.id,
    division: Division = row.division,
    cause: Cause = row.cause,
    place: &'a [u8] = &row.place,
    occurred_at: Timestamp = row.occurred_at,
    ended_on: Option<Date> = row.ended_on,
    sealed: bool = row.sealed,
    version: i64 = row.version,
    reported_by: &'a str = row.reported_by.as_str(),
    reported_at: Timestamp = row.reported_at,
} }

record! { EntryRecord<'a> "entry" (row: &'a EntryRow, now) {
    city: City = row.city,
    fund_id: FundId = row.fund,
    version: i64 = row.version,
    ordinal: i16 = row.ordinal,
    debit: Account = row.debit,
    credit: Account = row.credit,
    amount: Fen = row.amount,
    at: Timestamp = now,
    credited: Fen = row.credited,
    held: Fen = row.held,
    paid: Fen = row.paid,
    case_id: Option<CaseId> = row.of.case,
    payment_id: Option<PaymentId> = row.of.payment,
    source: Option<Source> = row.of.source,
    reference: Option<&'a str> = row.of.reference.as_deref(),
    value_date: Option<Date> = row.of.value_date,
    recovery_id: Option<RecoveryId> = row.of.recovery,
    settlement_id: Option<SettlementId> = row.of.settlement,
} }

record! { CountersignRecord "countersign_use" (row: &(City, [u8; 16]), now) {
    city: City = row.0,
    token: Uuid = Uuid::from_bytes(row.1),
    used_at: Timestamp = now,
} }

record! { LeafRecord<'a> "leaf" (row: &'a Leaf, now) {
    city: City = row.city,
    id: LeafId = row.id,
    at: Timestamp = now,
    bytes: &'a [u8] = &row.bytes,
} }

pub(super) use record;
