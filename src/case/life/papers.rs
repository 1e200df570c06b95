//! `POST /v1/cases/{case}/papers`: a paper that was missing has come.

use crate::book::{CaseState, Facts, Keys, Move, PaperRow, Ruling};
use crate::case::life::change::{Change, not_in};
use crate::case::life::target::Target;
use crate::case::payment::state_of;
use crate::code::Code;
use crate::http::Problem;
use crate::money::Fen;

/// A paper.
pub struct Paper {
    pub target: Target,
    pub kind: String,
    pub sha256: Option<[u8; 32]>,
    pub note: Option<std::sync::Arc<[u8]>>,
}

impl Move for Paper {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if !matches!(standing.case.state, CaseState::Approved | CaseState::Paying | CaseState::Paid) {
            return not_in(standing.case.state);
        }
        if !standing.case.missing.contains(&self.kind) {
            let missing = standing.case.missing.join(", ");
            let detail =
                if missing.is_empty() { "no paper is missing".to_owned() } else { format!("what is missing: {missing}") };
            return Ruling::rejected(Problem::new(Code::Conflict, detail));
        }
        let mut change = Change::begin(&self.target, facts, &standing, "paper");
        change.case.missing.retain(|kind| *kind != self.kind);
        let free = Fen::sum(standing.free().map(|hold| hold.amount)).unwrap_or_default();
        change.case.state = state_of(&change.case, &change.payments, free, change.case.state);
        change.rows.papers.push(PaperRow {
            city: change.case.city,
            case: self.target.case,
            kind: self.kind.clone(),
            sha256: self.sha256,
            officer: self.target.actor.subject.clone(),
            note: self.note.clone(),
        });
        change.done(200, &standing)
    }
}
