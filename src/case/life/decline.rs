//! `POST /v1/cases/{case}/decline`: an approver says no, in writing.

use crate::book::{CaseState, Facts, Keys, Move, NoteKind, Ruling};
use crate::case::life::change::{Change, not_in};
use crate::case::life::note::Note;
use crate::case::life::target::Target;
use crate::code::Code;
use crate::http::Problem;

const VERB: &str = "decline";

/// A refusal by a person, with the reason.
pub struct Decline {
    pub target: Target,
    pub reason: Note,
}

impl Move for Decline {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if standing.case.state != CaseState::Accepted {
            return not_in(standing.case.state);
        }
        let officer = &self.target.actor.subject;
        if standing.case.handler == *officer {
            let problem = Problem::new(Code::SamePersonSigned, "another person than the handler declines");
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        let mut change = Change::begin(&self.target, facts, &standing, VERB);
        change.case.state = CaseState::Declined;
        change.case.approver = Some(officer.clone());
        change.rows.notes.push(self.reason.row(change.case.city, self.target.case, NoteKind::Decline, officer, None));
        change.done(200, &standing)
    }
}
