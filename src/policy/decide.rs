//! The decision: a pure function of a policy and a question.

use crate::code::Code;
use crate::money::Fen;
use crate::policy::caps::{Cap, caps, quick_cap};
use crate::policy::{Check, Decision, FundStatus, Lane, Method, Policy, Question, Referral, Repeat, Signature, share};

/// Decides a question by a policy. The same two always give the same answer.
pub fn decide(policy: &Policy, question: &Question) -> Decision {
    let lane = lane(policy, question);
    if let Some((code, lane)) = barrier(policy, question, lane) {
        return refuse(policy, question, lane, code, vec![plain(policy, code)]);
    }
    let caps = caps(policy, question, lane);
    let asked = question.offered.map_or(question.requested, |offered| offered.min(question.requested));
    let mut checks: Vec<Check> = caps.iter().map(|cap| cap.check(asked, policy)).collect();
    let binding = binding(&caps, asked);
    let granted = binding.map_or(asked, Cap::left);
    // A grant lowered by what nobody may know of would tell how much that is.
    if binding.is_some_and(|cap| cap.sealed) {
        return refuse(policy, question, lane, Code::ReviewRequired, vec![plain(policy, Code::ReviewRequired)]);
    }
    if let Some(cap) = binding.filter(|_| !granted.is_some()) {
        return refuse(policy, question, lane, cap.rule, checks);
    }
    if question.fund.status != FundStatus::Active {
        checks.push(plain(policy, Code::FundFrozen));
        return refuse(policy, question, lane, Code::FundFrozen, checks);
    }
    let fund = Cap { rule: Code::FundInsufficient, limit: bridged(question), used: Fen::ZERO, sealed: false };
    checks.push(fund.check(granted, policy));
    if fund.left() < granted {
        return refuse(policy, question, lane, Code::FundInsufficient, checks);
    }
    let shares = share(granted, &question.wishes);
    let cash = shares.iter().filter(|share| share.method == Method::Cash).map(|share| share.amount).max();
    for cap in cash.into_iter().flat_map(|_| cash_caps(policy, question)) {
        let check = cap.check(cash.unwrap_or_default(), policy);
        let passed = check.passed;
        checks.push(check);
        if !passed {
            return refuse(policy, question, lane, cap.rule, checks);
        }
    }
    let mut referrals = cause_referral(policy, question);
    if let Some(cap) = binding {
        referrals.extend(referral(policy, cap.rule, asked.minus(granted)));
    }
    Decision {
        code: if granted < question.requested { Code::ApprovedPartial } else { Code::Approved },
        lane,
        granted_fen: granted,
        requested_fen: question.requested,
        binding_rule: binding.map(|cap| cap.rule),
        policy_version: policy.id.clone(),
        checks,
        referrals,
        conflict: None,
        shares,
    }
}

/// Quick when it covers the request or nobody else signed; without a quick lane always advance.
fn lane(policy: &Policy, question: &Question) -> Lane {
    match &policy.quick {
        Some(_) if question.signature == Signature::Alone => Lane::Quick,
        Some(quick) if question.requested <= quick_cap(quick, policy, question.persons) => Lane::Quick,
        Some(_) | None => Lane::Advance,
    }
}

/// What stops a case before any amount is compared, and the lane it belongs to then.
fn barrier(policy: &Policy, question: &Question, lane: Lane) -> Option<(Code, Lane)> {
    if question.identified {
        return Some((Code::ConfirmIdentity, lane));
    }
    if question.deceased_on.is_some_and(|day| day <= question.day) {
        return Some((Code::Deceased, lane));
    }
    if question.barred_until.is_some_and(|until| question.day <= until) {
        return Some((Code::Barred, lane));
    }
    if !policy.place.residence.contains(&question.residence) {
        return Some((Code::OutOfPlace, lane));
    }
    if let Some(repeat) = question.repeat.as_ref().filter(|repeat| !overridden(question, repeat)) {
        return Some((if repeat.sealed { Code::ReviewRequired } else { repeat.rule }, lane));
    }
    if policy.other_scheme.contains_key(&question.cause) {
        return Some((Code::OtherScheme, Lane::OtherScheme));
    }
    if policy.county_causes.contains(&question.cause) {
        return Some((Code::NeedsCounty, Lane::County));
    }
    if question.temporary && !policy.identity.temporary.contains(&lane) {
        return Some((Code::IdTemporary, lane));
    }
    match (question.signature, lane) {
        (Signature::SamePerson | Signature::Custodian, _) => Some((Code::SamePersonSigned, lane)),
        (Signature::Alone, Lane::Advance) => Some((Code::SecondSignatureRequired, lane)),
        (_, Lane::Advance) if question.overdue > u32::from(policy.completion.block_after) => {
            Some((Code::CompletionOverdue, lane))
        }
        (Signature::Alone | Signature::Second, _) => None,
    }
}

/// An approver's reason opens the same cause again; never the same incident, and not the yearly number of a lasting epidemic.
fn overridden(question: &Question, repeat: &Repeat) -> bool {
    question.repeat_overridden && !repeat.same_incident && repeat.rule == Code::SameCause
}

/// What the fund can give, with what a loan or the queue adds.
fn bridged(question: &Question) -> Fen {
    question.fund.available.plus(question.fund.bridged).unwrap_or(question.fund.available)
}

/// The lowest cap that does not let the whole amount through; of equal ones the first.
fn binding(caps: &[Cap], asked: Fen) -> Option<&Cap> {
    caps.iter().filter(|cap| cap.left() < asked).min_by_key(|cap| cap.left())
}

fn cash_caps(policy: &Policy, question: &Question) -> Vec<Cap> {
    let most = Cap { rule: Code::LimitCash, limit: policy.cash.max_fen, used: Fen::ZERO, sealed: false };
    let alone = Cap {
        rule: Code::SecondSignatureRequired,
        limit: policy.cash.second_signature_above_fen,
        used: Fen::ZERO,
        sealed: false,
    };
    if question.signature == Signature::Second { vec![most] } else { vec![most, alone] }
}

fn refuse(policy: &Policy, question: &Question, lane: Lane, code: Code, checks: Vec<Check>) -> Decision {
    let mut referrals = cause_referral(policy, question);
    let scheme = policy.other_scheme.get(&question.cause).filter(|_| code == Code::OtherScheme);
    match scheme {
        Some(unit) => referrals.push(Referral { to: unit.clone(), remaining_fen: Some(question.requested) }),
        None => referrals.extend(referral(policy, code, Some(question.requested))),
    }
    Decision {
        code,
        lane,
        granted_fen: Fen::ZERO,
        requested_fen: question.requested,
        binding_rule: Some(code),
        policy_version: policy.id.clone(),
        checks,
        referrals,
        conflict: question
            .repeat
            .as_ref()
            .filter(|repeat| repeat.rule == code && !repeat.sealed)
            .and_then(|repeat| repeat.conflict.clone()),
        shares: Vec::new(),
    }
}

/// A rule about no amount that did not let the case through.
fn plain(policy: &Policy, rule: Code) -> Check {
    Check { rule, limit_fen: None, used_fen: None, asked_fen: None, passed: false, basis: policy.basis(rule).to_owned() }
}

fn referral(policy: &Policy, code: Code, remaining: Option<Fen>) -> Option<Referral> {
    policy.refer.get(code.as_str()).map(|unit| Referral { to: unit.clone(), remaining_fen: remaining })
}

fn cause_referral(policy: &Policy, question: &Question) -> Vec<Referral> {
    let unit = policy.refer_cause.get(&question.cause);
    unit.map(|unit| Referral { to: unit.clone(), remaining_fen: None }).into_iter().collect()
}
