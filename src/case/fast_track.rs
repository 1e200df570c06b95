//! `POST /v1/fast-track`: accept, decide, approve, hold and pay in one move.

use crate::book::{Answer, CaseState, Facts, Keys, Move, Rows, Ruling};
use crate::case::answer::{CaseAnswer, DecisionAnswer, FastTrackAnswer, FundAnswer, PaymentAnswer, ReceiptAnswer};
use crate::case::decided;
use crate::case::grant::{self, Grant};
use crate::case::matter::{self, Matter};
use crate::case::opened::{self, Opening};
use crate::case::payment::case_state;
use crate::case::refusal;
use crate::case::request::Request;
use crate::code::Code;
use crate::http::Problem;

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
    let counter = facts.next_number(opened::street(request), matter.day);
    let number = opened::number(&counter);
    let Some(Grant { posting, payments, unpaid }) = grant::pay(matter, &number) else {
        return Ruling::rejected(Problem::new(Code::Conflict, "the fund's totals would leave 64 bits"));
    };
    let days = (matter.ended_on, matter.day);
    let (deadline, missing) = opened::completion(facts.rules(), &matter.policy, matter.decision.lane, days);
    let opening = Opening {
        state: case_state(&payments, unpaid),
        deadline,
        missing,
        payments: &payments,
        ways_out: Vec::new(),
        fund_version: posting.fund.version,
    };
    let case = opened::row(matter, &number, opening);
    let leaf = decided::leaf(request, &case, &posting.fund, &posting.entries, &payments);
    let answer = FastTrackAnswer {
        case: CaseAnswer::from(&case),
        decision: DecisionAnswer::new(matter.decision.clone(), Vec::new()),
        payments: payments.iter().map(PaymentAnswer::from).collect(),
        fund: FundAnswer::from(&posting.fund),
        receipt: ReceiptAnswer { leaf_hash: leaf.hash() },
    };
    let rows = Rows {
        claims: grant::claims(matter, &number),
        person: grant::person(matter),
        officer: grant::officer(matter),
        counter: Some(counter),
        incident: opened::new_incident(matter),
        cases: vec![case],
        funds: vec![posting.fund],
        entries: posting.entries,
        holds: posting.holds,
        countersign: opened::spent(request),
        leaves: vec![leaf],
        ..Rows::default()
    };
    Ruling::Done(Box::new(rows), Answer::json(201, &answer).decided(matter.decision.code))
}

/// A refusal is recorded as a case with its decision; it moves nothing and claims nothing.
fn refuse(matter: &Matter) -> Ruling {
    let (request, facts) = (matter.request, matter.facts);
    let counter = facts.next_number(opened::street(request), matter.day);
    let number = opened::number(&counter);
    let ways_out = refusal::ways_out(matter);
    let opening = Opening {
        state: CaseState::Refused,
        deadline: None,
        missing: Vec::new(),
        payments: &[],
        ways_out,
        fund_version: matter.fund.version,
    };
    let case = opened::row(matter, &number, opening);
    let leaf = decided::leaf(request, &case, matter.fund, &[], &[]);
    let problem = refusal::problem(matter, case.id, &number);
    let rows = Rows {
        counter: Some(counter),
        incident: opened::new_incident(matter),
        cases: vec![case],
        countersign: opened::spent(request),
        leaves: vec![leaf],
        ..Rows::default()
    };
    Ruling::Refused(Box::new(rows), Answer::refusal(&problem, &request.context))
}
