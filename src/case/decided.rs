//! The audit leaf of a decided case: identifiers, amounts, hashes and commitments.

use serde::Serialize;

use crate::audit::{Body, Leaf, sha256_hex};
use crate::book::{Account, CaseRow, CaseState, EntryRow, FundRow};
use crate::case::payment::{Payment, PaymentState};
use crate::case::request::Request;
use crate::code::Code;
use crate::division::Division;
use crate::id::{CaseId, FundId, IncidentId, PaymentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Lane, Method};

#[derive(Serialize)]
struct Decided<'a> {
    approver: Option<&'a str>,
    case_id: CaseId,
    code: Code,
    decision_sha256: String,
    division: Division,
    entries: Vec<(Account, Account, Fen)>,
    fund: FundAfter,
    granted_fen: Fen,
    incident_id: IncidentId,
    lane: Lane,
    number: CaseNumber,
    parties: &'a [String],
    payments: Vec<(PaymentId, Method, Fen, PaymentState)>,
    policy_version: &'a str,
    question_sha256: String,
    requested_fen: Fen,
    state: CaseState,
}

#[derive(Serialize)]
struct FundAfter {
    credited: Fen,
    held: Fen,
    id: FundId,
    paid: Fen,
    version: i64,
}

impl Body for Decided<'_> {
    const KIND: &'static str = "case.decided";
}

/// The leaf of a case with what it did to its fund.
pub fn leaf(request: &Request, case: &CaseRow, fund: &FundRow, entries: &[EntryRow], payments: &[Payment]) -> Leaf {
    let said = Decided {
        approver: case.approver.as_ref().map(crate::actor::Subject::as_str),
        case_id: case.id,
        code: case.code,
        decision_sha256: sha256_hex(case.decision.as_bytes()),
        division: case.division,
        entries: entries.iter().map(|entry| (entry.debit, entry.credit, entry.amount)).collect(),
        fund: FundAfter { credited: fund.credited, held: fund.held, id: fund.id, paid: fund.paid, version: fund.version },
        granted_fen: case.granted,
        incident_id: case.incident,
        lane: case.lane,
        number: CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal },
        parties: &request.commitments,
        payments: payments.iter().map(|payment| (payment.id, payment.method, payment.amount_fen, payment.state)).collect(),
        policy_version: &case.policy_version,
        question_sha256: sha256_hex(case.question.as_bytes()),
        requested_fen: case.requested,
        state: case.state,
    };
    Leaf::new(case.city, request.leaf, case.accepted_at, case.handler.as_str(), &said)
}
