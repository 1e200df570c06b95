//! `POST /v1/cases/{case}/review`: another officer looks at what one decided alone.

use serde::{Deserialize, Serialize};

use crate::book::{Facts, Keys, Move, NoteKind, Ruling};
use crate::case::life::change::Change;
use crate::case::life::note::Note;
use crate::case::life::target::Target;
use crate::code::Code;
use crate::http::Problem;

const VERB: &str = "review";

/// What came out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was right.
    Confirmed,
    /// It was not: what follows (recovery, instruction) is decided elsewhere.
    Objected,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Objected => "objected",
        }
    }
}

/// A review after the fact.
pub struct Review {
    pub target: Target,
    pub outcome: Outcome,
    pub note: Note,
}

impl Move for Review {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if standing.case.review_due.is_none() {
            return Ruling::rejected(Problem::new(Code::Conflict, "no review of this case is due"));
        }
        let officer = &self.target.actor.subject;
        if standing.case.handler == *officer {
            let problem = Problem::new(Code::SamePersonSigned, "another person than the handler reviews");
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        let mut change = Change::begin(&self.target, facts, &standing, VERB);
        change.case.review_due = None;
        let outcome = Some(self.outcome.as_str());
        change.rows.notes.push(self.note.row(change.case.city, self.target.case, NoteKind::Review, officer, outcome));
        change.done(200, &standing)
    }
}
