//! The recovery that a verb is about: read at the edge without a lock, locked with its fund, checked again; and what a verb ends in.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, RecoveredOf, RecoveryRow, Rows, Ruling};
use crate::code::Code;
use crate::http::{Context, Countersign, Countersigned, Problem};
use crate::id::{CaseId, FundId, LeafId, RecoveryId, SettlementId};
use crate::reads::Readers;
use crate::recovery::answer::{ChangedRecovery, CountedAnswer, ProofAnswer, RecoveryAnswer};
use crate::recovery::find::{Found, open};
use crate::time::day;
use crate::vault::{BlindIndex, Vault};

/// A recovery as a verb found it, and who asks.
pub struct Target {
    pub actor: Arc<Actor>,
    context: Context,
    leaf: LeafId,
    found: Found,
}

#[derive(Serialize)]
struct NotDone {
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<CaseId>,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_id: Option<RecoveryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_id: Option<SettlementId>,
    verb: &'static str,
}

impl audit::Body for NotDone {
    const KIND: &'static str = "recovery.refused";
}

impl Target {
    /// Reads the recovery. One outside the scope does not exist. That of a sealed case is in no list: who names it was told of it.
    pub async fn read(
        readers: &Readers,
        vault: &Vault,
        actor: Arc<Actor>,
        context: Context,
        id: RecoveryId,
    ) -> Result<Self, Problem> {
        let found = open(readers, vault, &actor, id).await?;
        Ok(Self { actor, context, leaf: LeafId::new(), found })
    }

    /// Its identifier.
    pub fn id(&self) -> RecoveryId {
        self.found.row.id
    }

    /// What was paid.
    pub fn of(&self) -> RecoveredOf {
        self.found.row.of
    }

    /// The fund that paid it.
    pub fn fund(&self) -> FundId {
        self.found.row.fund
    }

    /// Who owes.
    pub fn debtor(&self) -> BlindIndex {
        self.found.row.debtor
    }

    /// The recovery and the fund that principal goes back to.
    pub fn keys(&self, keys: &mut Keys) {
        keys.fund(self.found.row.city, self.found.row.fund);
        keys.recovery(self.found.row.city, self.found.row.id);
    }

    /// The same, and the second officer's signature.
    pub fn keys_of_two(&self, keys: &mut Keys, countersigned: &Countersigned) {
        self.keys(keys);
        if let Countersigned::By(countersign) = countersigned {
            keys.countersign(self.found.row.city, countersign.short_token());
        }
    }

    /// The recovery under lock.
    pub fn find<'a>(&self, facts: &'a Facts) -> Result<&'a RecoveryRow, Ruling> {
        let row = &self.found.row;
        let outside = || Ruling::rejected(Problem::outside_scope(row.division));
        if !self.actor.reaches(&row.division) {
            return Err(outside());
        }
        facts.recovery(row.city, row.id).ok_or_else(outside)
    }

    /// The second officer: needed, another person, and never signed this before.
    fn second<'a>(&self, facts: &Facts, verb: &'static str, countersigned: &'a Countersigned) -> Result<&'a Countersign, Ruling> {
        let row = &self.found.row;
        let wrong = match countersigned {
            Countersigned::No => {
                let problem = Problem::new(Code::SecondSignatureRequired, "a second officer must countersign this");
                return Err(self.refuse(facts, verb, problem));
            }
            Countersigned::By(second) if second.officer == self.actor.subject => {
                let problem = Problem::new(Code::SamePersonSigned, "nobody countersigns their own request");
                return Err(self.refuse(facts, verb, problem));
            }
            Countersigned::Invalid(reason) => reason,
            Countersigned::By(second) if !second.scope.covers(&row.division) => "the countersign does not cover this division",
            Countersigned::By(second) if facts.is_spent(row.city, second.short_token()) => "the countersign was used before",
            Countersigned::By(second) => return Ok(second),
        };
        Err(Ruling::denied(&self.actor, &self.context, self.leaf, facts.now(), Problem::countersign(wrong)))
    }

    /// The second officer, where neither of the two decided of what was paid.
    pub fn second_of_others<'a>(
        &self,
        facts: &Facts,
        verb: &'static str,
        countersigned: &'a Countersigned,
    ) -> Result<&'a Countersign, Ruling> {
        let second = self.second(facts, verb, countersigned)?;
        if [&self.actor.subject, &second.officer].into_iter().any(|officer| self.found.was_decided_by(officer)) {
            let detail = "other persons than those who decided of it decide of what was paid";
            return Err(self.refuse(facts, verb, Problem::new(Code::SamePersonSigned, detail)));
        }
        Ok(second)
    }

    /// Refused by a rule: recorded, final for its key, and nothing else changes.
    pub fn refuse(&self, facts: &Facts, verb: &'static str, problem: Problem) -> Ruling {
        refuse(facts, &self.actor, &self.context, self.leaf, (self.found.row.of, Some(self.found.row.id)), verb, problem)
    }

    /// Done: the recovery as it is now, and whatever else changed.
    pub fn done<B: audit::Body>(&self, facts: &Facts, status: u16, row: RecoveryRow, mut rows: Rows, said: &B) -> Ruling {
        let counted = rows.receipts.first().map(CountedAnswer::from);
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), said);
        let answer = ChangedRecovery {
            recovery: RecoveryAnswer::of(&row, self.found.number, None, day(facts.now())),
            counted,
            receipt: ProofAnswer { leaf_hash: leaf.hash() },
        };
        rows.recoveries.push(row);
        rows.leaves.push(leaf);
        Ruling::Done(Box::new(rows), Answer::json(status, &answer))
    }
}

/// Refused by a rule, of a recovery or of one that was not imposed.
pub fn refuse(
    facts: &Facts,
    actor: &Actor,
    context: &Context,
    leaf: LeafId,
    (of, recovery_id): (RecoveredOf, Option<RecoveryId>),
    verb: &'static str,
    problem: Problem,
) -> Ruling {
    let (case_id, settlement_id) = (of.case(), of.settlement());
    let said = NotDone { case_id, code: problem.code(), recovery_id, settlement_id, verb };
    let leaf = Leaf::new(actor.city(), leaf, facts.now(), actor.subject.as_str(), &said);
    let (name, id) = match of {
        RecoveredOf::Case(case) => ("case_id", case.uuid()),
        RecoveredOf::Settlement(settlement) => ("settlement_id", settlement.uuid()),
    };
    let problem = problem.with(name, id.to_string().into());
    let rows = Rows { leaves: vec![leaf], ..Rows::default() };
    Ruling::Refused(Box::new(rows), Answer::refusal(&problem, context))
}

/// A recovery with its next version.
pub fn next(row: &RecoveryRow) -> RecoveryRow {
    RecoveryRow { version: row.version.saturating_add(1), ..row.clone() }
}

/// What a verb answers when a total would leave its bounds.
pub fn too_much() -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, "more would come back than the fund has paid"))
}
