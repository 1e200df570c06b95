//! `POST /v1/fast-track`: accept, decide, approve, hold and pay in one move.

use crate::book::{Answer, CaseRow, CaseState, CounterRow, Facts, IncidentRow, Keys, Move, Rows, Ruling};
use crate::case::answer::{CaseAnswer, DecisionAnswer, FastTrackAnswer, FundAnswer, PaymentAnswer, ReceiptAnswer};
use crate::case::decided;
use crate::case::grant::{self, Grant};
use crate::case::matter::{self, Matter};
use crate::case::payment::case_state;
use crate::case::refusal;
use crate::case::request::{IncidentChoice, Request};
use crate::code::Code;
use crate::http::{Countersigned, Problem};
use crate::number::CaseNumber;
use crate::policy::{Deadline, Lane};

/// The main job as a move.
pub struct FastTrack(pub Request);

impl Move for FastTrack {
    fn keys(&self, keys: &mut Keys) {
        matter::keys(&self.0, keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        match Matter::find(&self.0, facts, None) {
            Ok(matter) if matter.decision.grants() => grant(&matter),
            Ok(matter) => refuse(&matter),
            Err(ruling) => ruling,
        }
    }
}

fn grant(matter: &Matter) -> Ruling {
    let (request, facts) = (matter.request, matter.facts);
    let counter = facts.next_number(street(matter), matter.day);
    let number = number(&counter);
    let Some(Grant { fund, entries, holds, payments, unpaid }) = grant::pay(matter, &number) else {
        return Ruling::rejected(Problem::new(Code::Conflict, "the fund's totals would leave 64 bits"));
    };
    let (deadline, missing) = completion(matter);
    let case = case(matter, &number, case_state(&payments, unpaid), deadline, &missing, &payments, fund.version);
    let leaf = decided::leaf(request, &case, &fund, &entries, &payments);
    let answer = FastTrackAnswer {
        case: case_answer(&case, number, missing),
        decision: DecisionAnswer::new(matter.decision.clone(), Vec::new()),
        payments: payments.iter().map(PaymentAnswer::from).collect(),
        fund: FundAnswer::from(&fund),
        receipt: ReceiptAnswer { leaf_hash: leaf.hash() },
    };
    let rows = Rows {
        claims: grant::claims(matter, &number),
        person: grant::person(matter),
        officer: grant::officer(matter),
        counter: Some(counter),
        incident: new_incident(matter),
        case: Some(case),
        fund: Some(fund),
        entries,
        holds,
        countersign: spent(request),
        leaves: vec![leaf],
        ..Rows::default()
    };
    Ruling::Done(Box::new(rows), Answer::json(201, &answer).decided(matter.decision.code))
}

/// A refusal is recorded as a case with its decision; it moves nothing and claims nothing.
fn refuse(matter: &Matter) -> Ruling {
    let (request, facts) = (matter.request, matter.facts);
    let counter = facts.next_number(street(matter), matter.day);
    let number = number(&counter);
    let case = case(matter, &number, CaseState::Refused, None, &[], &[], matter.fund.version);
    let leaf = decided::leaf(request, &case, matter.fund, &[], &[]);
    let problem = refusal::problem(matter, case.id, &number);
    let rows = Rows {
        counter: Some(counter),
        incident: new_incident(matter),
        case: Some(case),
        countersign: spent(request),
        leaves: vec![leaf],
        ..Rows::default()
    };
    Ruling::Refused(Box::new(rows), Answer::refusal(&problem, &request.context))
}

fn street(matter: &Matter) -> crate::division::Division {
    // Bodies name a street or a community; both have a street.
    matter.request.division.street().unwrap_or(matter.request.division)
}

fn number(counter: &CounterRow) -> CaseNumber {
    CaseNumber { street: counter.street, day: counter.day, ordinal: counter.last }
}

fn new_incident(matter: &Matter) -> Option<IncidentRow> {
    match &matter.request.incident {
        IncidentChoice::New(report) => Some(report.row(&matter.request.actor.subject, matter.facts.now())),
        IncidentChoice::Reported(_) => None,
    }
}

fn spent(request: &Request) -> Option<(crate::division::City, [u8; 16])> {
    match &request.countersigned {
        Countersigned::By(countersign) => Some((request.division.city(), countersign.short_token())),
        Countersigned::No | Countersigned::Invalid(_) => None,
    }
}

/// Papers that follow, and until when: counted from the incident's end, or from acceptance while that is not known.
fn completion(matter: &Matter) -> (Option<Deadline>, Vec<String>) {
    let policy = &matter.policy;
    let papers = match matter.decision.lane {
        Lane::Quick => policy.quick.as_ref().map(|quick| quick.papers.clone()).unwrap_or_default(),
        Lane::Advance | Lane::County | Lane::OtherScheme => policy.advance.papers.clone(),
    };
    if papers.is_empty() {
        return (None, papers);
    }
    let from = matter.ended_on.unwrap_or(matter.day);
    (Some(matter.facts.rules().calendar.after(from, policy.completion.working_days)), papers)
}

fn case(
    matter: &Matter,
    number: &CaseNumber,
    state: CaseState,
    deadline: Option<Deadline>,
    missing: &[String],
    payments: &[crate::case::payment::Payment],
    fund_version: i64,
) -> CaseRow {
    let (request, decision) = (matter.request, &matter.decision);
    let second = match &request.countersigned {
        Countersigned::By(countersign) if countersign.officer != request.actor.subject => Some(countersign.officer.clone()),
        Countersigned::By(_) | Countersigned::No | Countersigned::Invalid(_) => None,
    };
    // Plain structs of strings and numbers: writing them to memory does not fail.
    let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    CaseRow {
        city: request.division.city(),
        id: request.case,
        street: number.street,
        day: number.day,
        ordinal: number.ordinal,
        division: request.division,
        fund: matter.fund.id,
        incident: matter.incident,
        cause: matter.cause,
        state,
        lane: decision.lane,
        code: decision.code,
        requested: decision.requested_fen,
        granted: decision.granted_fen,
        person: request.person,
        handler: request.actor.subject.clone(),
        approver: second,
        accepted_at: matter.facts.now(),
        completion_due: deadline.map(|deadline| deadline.day),
        completion_due_provisional: deadline.is_some_and(|deadline| deadline.provisional),
        missing: missing.to_vec(),
        sealed: request.sealed,
        policy_version: decision.policy_version.clone(),
        decision: text(serde_json::to_string(decision)),
        question: text(serde_json::to_string(&matter.question)),
        payments: text(serde_json::to_string(payments)),
        parties: request.parties.clone(),
        fund_version,
        members: if decision.grants() { Vec::new() } else { request.household.clone() },
    }
}

fn case_answer(case: &CaseRow, number: CaseNumber, missing: Vec<String>) -> CaseAnswer {
    CaseAnswer {
        id: case.id,
        number,
        state: case.state,
        incident_id: case.incident,
        completion_due: case.completion_due,
        completion_due_provisional: case.completion_due_provisional,
        missing,
    }
}
