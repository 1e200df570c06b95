//! `POST /v1/cases`: the case is taken in, to be decided by an approver. Nothing is granted, held or claimed.

use crate::book::{Answer, CaseState, Facts, Keys, Move, Rows, Ruling};
use crate::case::answer::{AcceptAnswer, CaseAnswer, DecisionAnswer, ReceiptAnswer};
use crate::case::decided;
use crate::case::matter::{self, Matter};
use crate::case::opened::{self, Opening};
use crate::case::request::Request;

/// Taking a case in. What would be decided at this moment is written with it, for the approver.
pub struct Accept(pub Request);

impl Move for Accept {
    fn keys(&self, keys: &mut Keys) {
        matter::keys(&self.0, keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let matter = match Matter::find(&self.0, facts, None) {
            Ok(matter) => matter,
            Err(ruling) => return ruling,
        };
        let request = matter.request;
        let counter = facts.next_number(opened::street(request), matter.day);
        let number = opened::number(&counter);
        let opening = Opening {
            state: CaseState::Accepted,
            deadline: None,
            missing: Vec::new(),
            payments: &[],
            ways_out: Vec::new(),
            fund_version: matter.fund.version,
        };
        let mut case = opened::row(&matter, &number, opening);
        // A countersign opens the advance lane of the outlook; who approves is decided later.
        case.approver = None;
        let leaf = decided::leaf(request, &case, matter.fund, &[], &[]);
        let answer = AcceptAnswer {
            case: CaseAnswer::from(&case),
            outlook: DecisionAnswer::new(matter.decision.clone(), Vec::new()),
            receipt: ReceiptAnswer { leaf_hash: leaf.hash() },
        };
        let rows = Rows {
            counter: Some(counter),
            incident: opened::new_incident(&matter),
            cases: vec![case],
            countersign: opened::spent(request),
            leaves: vec![leaf],
            ..Rows::default()
        };
        Ruling::Done(Box::new(rows), Answer::json(201, &answer))
    }
}
