//! Rows of cases as the database takes them: records of its tables, column for column, in the order of the columns.

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::ToSql;

use crate::actor::Subject;
use crate::book::records::record;
use crate::book::{
    AlarmKind, AlarmRow, CaseRow, CaseState, ClaimRow, HoldRow, HoldState, InstructionRow, InstructionState, MergeRow, NoteKind,
    NoteRow, PaperRow, ReferralRow,
};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, HoldId, IncidentId, NoteId, PaymentId, ReferralId};
use crate::money::Fen;
use crate::policy::{Cause, Lane};
use crate::vault::BlindIndex;

record! { HoldRecord "hold" (row: &HoldRow, now) {
    city: City = row.city,
    id: HoldId = row.id,
    fund_id: FundId = row.fund,
    case_id: CaseId = row.case,
    payment_id: Option<PaymentId> = row.payment,
    amount: Fen = row.amount,
    state: HoldState = HoldState::Held,
    held_at: Timestamp = now,
    expires_at: Option<Timestamp> = row.expires_at,
    resolved_at: Option<Timestamp> = None,
    resolutions: i16 = 0,
} }

record! { CaseRecord<'a> "aid_case" (row: &'a CaseRow, _now) {
    city: City = row.city,
    id: CaseId = row.id,
    street: Division = row.street,
    day: Date = row.day,
    ordinal: i32 = row.ordinal,
    division: Division = row.division,
    fund_id: FundId = row.fund,
    incident_id: IncidentId = row.incident,
    cause: Cause = row.cause,
    state: CaseState = row.state,
    lane: Lane = row.lane,
    code: &'a str = row.code.as_str(),
    requested: Fen = row.requested,
    granted: Fen = row.granted,
    person: BlindIndex = row.person,
    handler: &'a str = row.handler.as_str(),
    approver: Option<&'a str> = row.approver.as_ref().map(Subject::as_str),
    accepted_at: Timestamp = row.accepted_at,
    completion_due: Option<Date> = row.completion_due,
    completion_due_provisional: bool = row.completion_due_provisional,
    missing: &'a [String] = &row.missing,
    sealed: bool = row.sealed,
    policy_version: &'a str = &row.policy_version,
    decision: &'a str = &row.decision,
    question: &'a str = &row.question,
    payments: &'a str = &row.payments,
    parties: &'a [u8] = &row.parties,
    fund_version: i64 = row.fund_version,
    members: &'a [BlindIndex] = &row.members,
    version: i64 = row.version,
    granted_on: Option<Date> = row.granted_on,
    queued: Fen = row.queued,
    queue_place: Option<i64> = row.queue_place,
    options: &'a str = &row.options,
    review_due: Option<Timestamp> = row.review_due,
} }

record! { ClaimRecord "claim" (row: &ClaimRow, _now) {
    city: City = row.city,
    person: BlindIndex = row.person,
    cause: Cause = row.cause,
    slot: i16 = row.slot,
    day: Date = row.day,
    incident_id: IncidentId = row.incident,
    case_id: CaseId = row.case,
} }

record! { NoteRecord<'a> "case_note" (row: &'a NoteRow, now) {
    city: City = row.city,
    id: NoteId = row.id,
    case_id: CaseId = row.case,
    kind: NoteKind = row.kind,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
    outcome: Option<&'a str> = row.outcome.as_deref(),
    note: Option<&'a [u8]> = row.note.as_deref(),
} }

record! { PaperRecord<'a> "paper" (row: &'a PaperRow, now) {
    city: City = row.city,
    case_id: CaseId = row.case,
    kind: &'a str = &row.kind,
    sha256: Option<&'a [u8]> = row.sha256.as_ref().map(|digest| digest.as_slice()),
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
    note: Option<&'a [u8]> = row.note.as_deref(),
} }

record! { ReferralRecord<'a> "referral" (row: &'a ReferralRow, now) {
    city: City = row.city,
    id: ReferralId = row.id,
    case_id: CaseId = row.case,
    unit: &'a str = &row.unit,
    reason: Option<&'a [u8]> = row.reason.as_deref(),
    due: Option<Date> = row.due,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
} }

record! { AlarmRecord "alarm" (row: &AlarmRow, now) {
    city: City = row.city,
    about: uuid::Uuid = row.about,
    kind: AlarmKind = row.kind,
    mark: i64 = row.mark,
    division: Division = row.division,
    amount: Option<Fen> = row.amount,
    at: Timestamp = now,
} }

record! { MergeRecord<'a> "identity_merge" (row: &'a MergeRow, now) {
    city: City = row.city,
    case_id: CaseId = row.case,
    ordinal: i16 = row.ordinal,
    id: NoteId = row.id,
    undoes: Option<i16> = row.undoes,
    place: i16 = row.place,
    person_from: BlindIndex = row.from,
    person_to: BlindIndex = row.to,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
    findings: &'a [String] = &row.findings,
    released: Fen = row.released,
    party: &'a [u8] = &row.party,
    note: Option<&'a [u8]> = row.note.as_deref(),
    bar_before: Option<Date> = row.bar_before,
    bar_carried: Option<Date> = row.bar_carried,
} }

record! { InstructionRecord<'a> "instruction" (row: &'a InstructionRow, now) {
    city: City = row.city,
    payment_id: PaymentId = row.payment,
    case_id: Option<CaseId> = row.case,
    state: InstructionState = InstructionState::Dispatched,
    bytes: &'a [u8] = &row.bytes,
    sent: i32 = 0,
    next_at: Timestamp = now,
    lease_until: Option<Timestamp> = None,
    made_at: Timestamp = now,
    resolved_at: Option<Timestamp> = None,
    reference: Option<&'a str> = None,
} }
