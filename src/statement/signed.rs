//! What two officers say of one line: who, with which countersign, of which fund.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, FundRow, Keys, LineAt, Rows, Ruling};
use crate::code::Code;
use crate::http::{Context, Countersign, Countersigned, Problem};
use crate::id::{FundId, LeafId, StatementId};

/// A line of a statement, and who says something of it.
pub struct Signed {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub countersigned: Countersigned,
    pub leaf: LeafId,
    pub fund: FundId,
    pub line: LineAt,
    /// What was asked, for the record of a refusal.
    pub verb: &'static str,
}

#[derive(Serialize)]
struct Refused {
    code: Code,
    line: i32,
    statement_id: StatementId,
    verb: &'static str,
}

impl audit::Body for Refused {
    const KIND: &'static str = "statement.refused";
}

impl Signed {
    /// The fund and the line; the countersign, which may have been used before.
    pub fn keys(&self, keys: &mut Keys) {
        let city = self.actor.city();
        keys.fund(city, self.fund);
        keys.statement_line(city, self.line);
        if let Countersigned::By(second) = &self.countersigned {
            keys.countersign(city, second.short_token());
        }
    }

    /// The fund under lock and the second officer, once both may say what they say, and nothing was said of the line before.
    pub fn find<'a>(&'a self, facts: &'a Facts) -> Result<(&'a FundRow, &'a Countersign), Ruling> {
        let city = self.actor.city();
        let fund = facts.fund(city, self.fund).filter(|fund| self.actor.reaches(&fund.division));
        let fund = fund.ok_or_else(|| Ruling::rejected(Problem::outside_scope(self.actor.scope)))?;
        let wrong = match &self.countersigned {
            Countersigned::No => None,
            Countersigned::Invalid(reason) => Some(*reason),
            Countersigned::By(second) if !second.scope.covers(&fund.division) => {
                Some("the countersign does not cover this division")
            }
            Countersigned::By(second) if facts.is_spent(city, second.short_token()) => Some("the countersign was used before"),
            Countersigned::By(_) => None,
        };
        if let Some(wrong) = wrong {
            let problem = Problem::countersign(wrong);
            return Err(Ruling::denied(&self.actor, &self.context, self.leaf, facts.now(), problem));
        }
        let Countersigned::By(second) = &self.countersigned else {
            let detail = "what a line is, two officers say: the countersign of an approver is missing";
            return Err(self.refuse(facts, Problem::new(Code::SecondSignatureRequired, detail)));
        };
        if second.officer == self.actor.subject {
            return Err(self.refuse(facts, Problem::new(Code::SamePersonSigned, "nobody countersigns for themselves")));
        }
        if facts.statements().is_line_matched(city, self.line) {
            return Err(Ruling::rejected(Problem::new(Code::Conflict, "the line is matched already")));
        }
        Ok((fund, second))
    }

    /// The leaf of what is done.
    pub fn said<B: audit::Body>(&self, facts: &Facts, said: &B) -> Leaf {
        Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), said)
    }

    /// Refused by a rule: recorded, final for its key, and nothing changes.
    pub fn refuse(&self, facts: &Facts, problem: Problem) -> Ruling {
        let said = Refused { code: problem.code(), line: self.line.1, statement_id: self.line.0, verb: self.verb };
        let rows = Rows { leaves: vec![self.said(facts, &said)], ..Rows::default() };
        Ruling::Refused(Box::new(rows), Answer::refusal(&problem, &self.context))
    }
}
