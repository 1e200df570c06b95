//! The caps of a lane. Each says how much may be granted in its window and how much of that is gone.

use crate::code::Code;
use crate::money::Fen;
use crate::policy::{CapBasis, Check, Lane, Policy, Question, Quick};

/// A cap with what is used of it.
#[derive(Clone, Copy, Debug)]
pub struct Cap {
    pub rule: Code,
    pub limit: Fen,
    pub used: Fen,
    /// Whether what is used must not be told.
    pub sealed: bool,
}

impl Cap {
    /// What it still lets through.
    pub fn left(&self) -> Fen {
        self.limit.left_after(self.used)
    }

    /// The comparison, for the record.
    pub fn check(&self, asked: Fen, policy: &Policy) -> Check {
        Check {
            rule: self.rule,
            limit_fen: Some(self.limit),
            used_fen: Some(self.used).filter(|_| !self.sealed),
            asked_fen: Some(asked),
            passed: asked <= self.left(),
            basis: policy.basis(self.rule).to_owned(),
        }
    }
}

/// The cap of small quick aid for a household.
pub fn quick_cap(quick: &Quick, policy: &Policy, persons: u16) -> Fen {
    let one = quick.cap_multiple.of(policy.dibao_month_fen);
    match quick.cap_basis {
        CapBasis::PerCase => one,
        CapBasis::PerPerson => one.times(i64::from(persons)).unwrap_or(one),
    }
}

/// The caps that apply, in the order in which equal ones bind.
pub fn caps(policy: &Policy, question: &Question, lane: Lane) -> Vec<Cap> {
    let (limits, usage) = (&question.fund.limits, &question.usage);
    let overall = Some(policy.overall_multiple.of(policy.dibao_month_fen));
    let quick = policy.quick.as_ref().filter(|_| lane == Lane::Quick).map(|quick| quick_cap(quick, policy, question.persons));
    let delegated = Some(policy.advance.case_cap_fen).filter(|_| lane != Lane::Quick);
    [
        (Code::LimitQuick, quick, Fen::ZERO),
        (Code::LimitCase, lowest([delegated, overall, limits.case]), Fen::ZERO),
        (Code::LimitPersonYear, lowest([policy.caps.person_year_fen, limits.person_year, None]), usage.person_year),
        (Code::LimitOfficerDay, lowest([policy.caps.officer_day_fen, limits.officer_day, None]), usage.officer_day),
        (Code::LimitFundDay, lowest([policy.caps.fund_day_fen, limits.fund_day, None]), usage.fund_day),
    ]
    .into_iter()
    .filter_map(|(rule, limit, used)| {
        let sealed = rule == Code::LimitPersonYear && usage.person_year_sealed;
        limit.map(|limit| Cap { rule, limit, used, sealed })
    })
    .collect()
}

fn lowest(limits: [Option<Fen>; 3]) -> Option<Fen> {
    limits.into_iter().flatten().min()
}
