//! A case decided again for the person that its applicant or a member turned out to be.

use serde::Serialize;

use crate::book::{CaseRow, Facts};
use crate::case::matter::sealed_year;
use crate::code::Code;
use crate::money::Fen;
use crate::policy::{Conflict, Decision, PastClaim, Policy, Question, Usage, decide, find_repeat};
use crate::time::day;
use crate::vault::BlindIndex;

/// What a merge found and did.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct IdentityAnswer {
    /// Why the real person would have been granted less; empty when the decision stands as it was.
    pub findings: Vec<Finding>,
    /// Given back to the fund, in fen: what was free of the grant beyond the new decision.
    pub released_fen: Fen,
}

/// A rule by which the real person would have been granted less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// The rule; of a case that is kept from view only `REVIEW_REQUIRED`.
    pub code: Code,
    /// The earlier case that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// The limit, in fen, for rules about amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_fen: Option<Fen>,
    /// What the person had used of it, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_fen: Option<Fen>,
}

/// What comes of deciding again.
#[derive(Debug)]
pub struct Rerun {
    pub findings: Vec<Finding>,
    /// What would have been granted.
    pub grantable: Fen,
}

/// Who is put in whose place.
#[derive(Clone, Copy, Debug)]
pub struct Identified {
    pub from: BlindIndex,
    pub to: BlindIndex,
}

/// Decides the stored question of a granted case again. Day, place, signatures, officer and fund are what they were; the person's
/// own facts are the real person's. Each fact is tried alone, so that none hides another. `None` when the question cannot be read.
pub fn rerun(facts: &Facts, case: &CaseRow, who: Identified) -> Option<Rerun> {
    let policy = facts.rules().policies.named(&case.policy_version)?.clone();
    let stored: Question = serde_json::from_str(&case.question).ok()?;
    Some(compare(&policy, &stored, &real(facts, case, &policy, &stored, who)))
}

/// The question with the facts of the real person. The limits of a year and whether somebody is barred are the applicant's.
fn real(facts: &Facts, case: &CaseRow, policy: &Policy, stored: &Question, who: Identified) -> Question {
    let mut real = stored.clone();
    if let Some(repeat) = repeat(facts, case, policy, stored, who.to) {
        // A reason given for another earlier case opens nothing here.
        real.repeat_overridden = stored.repeat_overridden && stored.repeat.as_ref() == Some(&repeat);
        real.repeat = Some(repeat);
    }
    if case.person == who.from {
        let person = facts.person(case.city, who.to);
        real.temporary = false;
        real.deceased_on = person.deceased_on;
        real.barred_until = person.barred_until;
        real.usage = Usage {
            person_year: if person.year == stored.day.year() { person.year_granted } else { Fen::ZERO },
            person_year_sealed: sealed_year(facts, case.city, who.to, stored.day),
            ..stored.usage
        };
    }
    real
}

/// What the person was helped with by other cases: before this one was decided, or since.
fn repeat(
    facts: &Facts,
    case: &CaseRow,
    policy: &Policy,
    stored: &Question,
    person: BlindIndex,
) -> Option<crate::policy::Repeat> {
    let others = facts.claims(case.city, person).iter().filter(|claim| claim.live && claim.case != case.id);
    let past: Vec<PastClaim> = others.map(PastClaim::from).collect();
    let on = |day| find_repeat(past.iter(), case.cause, case.incident, day, &policy.repeat);
    on(stored.day).or_else(|| on(day(facts.now())))
}

fn compare(policy: &Policy, stored: &Question, real: &Question) -> Rerun {
    let before = decide(policy, stored).granted_fen;
    let base = Question { temporary: real.temporary, ..stored.clone() };
    let alone = [
        Question { deceased_on: real.deceased_on, ..base.clone() },
        Question { barred_until: real.barred_until, ..base.clone() },
        Question { repeat: real.repeat.clone(), repeat_overridden: real.repeat_overridden, ..base.clone() },
        Question { usage: real.usage, ..base },
    ];
    let found = alone.iter().map(|question| decide(policy, question)).filter(|decision| decision.granted_fen < before);
    let mut findings: Vec<Finding> = found.map(Finding::from).collect();
    // Of a case that is kept from view not even how many rules it stands behind, which would tell its cause.
    findings.dedup();
    Rerun { findings, grantable: decide(policy, real).granted_fen }
}

impl From<Decision> for Finding {
    fn from(decision: Decision) -> Self {
        let code = decision.binding_rule.unwrap_or(decision.code);
        let check = decision.checks.iter().find(|check| check.rule == code);
        Self {
            code,
            limit_fen: check.and_then(|check| check.limit_fen),
            used_fen: check.and_then(|check| check.used_fen),
            conflict: decision.conflict,
        }
    }
}

#[cfg(test)]
mod tests;
