//! Every code that a decision of this version can give, each with a question that gets it.

use super::*;
use crate::code::Code;

struct Row {
    code: Code,
    /// The rule that bound.
    binding: Option<Code>,
    lane: Lane,
    granted: i64,
    change: fn(&mut Policy, &mut Question),
}

const fn row(code: Code, binding: Option<Code>, lane: Lane, granted: i64, change: fn(&mut Policy, &mut Question)) -> Row {
    Row { code, binding, lane, granted, change }
}

/// A refusal in the quick lane by the rule of its own name.
const fn refused(code: Code, change: fn(&mut Policy, &mut Question)) -> Row {
    row(code, Some(code), Lane::Quick, 0, change)
}

/// A grant of a part, bound by a rule.
const fn part(binding: Code, lane: Lane, granted: i64, change: fn(&mut Policy, &mut Question)) -> Row {
    row(Code::ApprovedPartial, Some(binding), lane, granted, change)
}

fn second(question: &mut Question, requested: i64) {
    question.signature = Signature::Second;
    question.requested = fen(requested);
}

fn by(question: &mut Question, method: Method) {
    question.wishes = vec![Wish { method, amount: None }];
}

fn repeat(question: &mut Question, rule: Code, sealed: bool) {
    question.repeat = Some(Repeat { rule, same_incident: false, conflict: (!sealed).then(conflict), sealed });
}

#[allow(clippy::too_many_lines, reason = "one line a code, all in one place")]
fn table() -> Vec<Row> {
    vec![
        row(Code::Approved, None, Lane::Quick, 60_000, |_, _| ()),
        row(Code::Approved, None, Lane::Quick, 78_000, |_, question| question.requested = fen(78_000)),
        row(Code::Approved, None, Lane::Quick, 78_000, |_, question| second(question, 78_000)),
        row(Code::Approved, None, Lane::Advance, 78_001, |_, question| second(question, 78_001)),
        row(Code::Approved, None, Lane::Advance, 60_000, |policy, question| {
            policy.quick = None;
            question.signature = Signature::Second;
        }),
        row(Code::Approved, None, Lane::Quick, 234_000, |policy, question| {
            policy.quick.as_mut().unwrap().cap_basis = CapBasis::PerPerson;
            (question.persons, question.requested) = (3, fen(234_000));
            by(question, Method::Bank);
        }),
        // A cap lowers the grant while something is left of it.
        part(Code::LimitQuick, Lane::Quick, 78_000, |_, question| question.requested = fen(78_001)),
        part(Code::LimitCase, Lane::Advance, 300_000, |_, question| {
            second(question, 780_000);
            by(question, Method::Bank);
        }),
        part(Code::LimitCase, Lane::Quick, 50_000, |_, question| question.fund.limits.case = Some(fen(50_000))),
        part(Code::LimitCase, Lane::Quick, 100_000, |policy, question| {
            policy.quick.as_mut().unwrap().cap_basis = CapBasis::PerPerson;
            policy.overall_multiple = policy.quick.as_ref().unwrap().cap_multiple;
            (policy.dibao_month_fen, question.persons, question.requested) = (fen(100_000), 2, fen(150_000));
            by(question, Method::Goods);
        }),
        part(Code::LimitPersonYear, Lane::Quick, 10_000, |_, question| {
            question.fund.limits.person_year = Some(fen(100_000));
            question.usage.person_year = fen(90_000);
        }),
        part(Code::LimitPersonYear, Lane::Quick, 20_000, |policy, question| {
            policy.caps.person_year_fen = Some(fen(20_000));
            question.fund.limits.person_year = Some(fen(30_000));
        }),
        part(Code::LimitOfficerDay, Lane::Quick, 1, |_, question| {
            question.fund.limits.officer_day = Some(fen(100_000));
            question.usage.officer_day = fen(99_999);
        }),
        part(Code::LimitFundDay, Lane::Quick, 59_999, |policy, question| {
            policy.caps.fund_day_fen = Some(fen(100_000));
            question.usage.fund_day = fen(40_001);
        }),
        // Equal caps: the first in the order of the rules binds.
        part(Code::LimitQuick, Lane::Quick, 78_000, |policy, question| {
            question.requested = fen(100_000);
            question.fund.limits.case = Some(fen(78_000));
            policy.caps.person_year_fen = Some(fen(78_000));
        }),
        part(Code::LimitPersonYear, Lane::Quick, 50_000, |policy, _| {
            policy.caps.person_year_fen = Some(fen(50_000));
            policy.caps.officer_day_fen = Some(fen(50_000));
            policy.caps.fund_day_fen = Some(fen(50_000));
        }),
        // Nothing is left of a cap: refused with its code.
        refused(Code::LimitQuick, |policy, _| policy.dibao_month_fen = Fen::ZERO),
        refused(Code::LimitCase, |_, question| question.fund.limits.case = Some(Fen::ZERO)),
        refused(Code::LimitPersonYear, |policy, question| {
            policy.caps.person_year_fen = Some(fen(300_000));
            question.usage.person_year = fen(300_000);
        }),
        refused(Code::LimitOfficerDay, |_, question| {
            question.fund.limits.officer_day = Some(fen(300_000));
            question.usage.officer_day = fen(300_001);
        }),
        refused(Code::LimitFundDay, |_, question| {
            question.fund.limits.fund_day = Some(fen(300_000));
            question.usage.fund_day = fen(300_000);
        }),
        // A short fund refuses, and never pays a part by itself; it is compared with what the caps leave.
        refused(Code::FundInsufficient, |_, question| question.fund.available = fen(59_999)),
        refused(Code::FundInsufficient, |_, question| question.fund.available = fen(-1)),
        part(Code::LimitQuick, Lane::Quick, 78_000, |_, question| {
            question.requested = fen(500_000);
            question.fund.available = fen(78_000);
        }),
        refused(Code::FundFrozen, |_, question| question.fund.status = FundStatus::Frozen),
        refused(Code::FundFrozen, |_, question| question.fund.status = FundStatus::Closed),
        row(Code::LimitCash, Some(Code::LimitCash), Lane::Advance, 0, |_, question| second(question, 200_001)),
        row(Code::Approved, None, Lane::Advance, 200_000, |_, question| second(question, 200_000)),
        refused(Code::SecondSignatureRequired, |policy, question| {
            policy.cash.second_signature_above_fen = fen(59_999);
            question.requested = fen(60_000);
        }),
        row(Code::SecondSignatureRequired, Some(Code::SecondSignatureRequired), Lane::Advance, 0, |policy, _| {
            policy.quick = None
        }),
        row(Code::SamePersonSigned, Some(Code::SamePersonSigned), Lane::Advance, 0, |_, question| {
            question.requested = fen(100_000);
            question.signature = Signature::SamePerson;
        }),
        refused(Code::SamePersonSigned, |_, question| question.signature = Signature::SamePerson),
        refused(Code::SamePersonSigned, |_, question| question.signature = Signature::Custodian),
        refused(Code::SameCause, |_, question| repeat(question, Code::SameCause, false)),
        refused(Code::RepeatLimit, |_, question| repeat(question, Code::RepeatLimit, false)),
        refused(Code::ReviewRequired, |_, question| repeat(question, Code::SameCause, true)),
        // A reason opens the same cause, seen or unseen; not the same incident, and not a yearly number.
        row(Code::Approved, None, Lane::Quick, 60_000, |_, question| {
            repeat(question, Code::SameCause, false);
            question.repeat_overridden = true;
        }),
        row(Code::Approved, None, Lane::Quick, 60_000, |_, question| {
            repeat(question, Code::SameCause, true);
            question.repeat_overridden = true;
        }),
        refused(Code::RepeatLimit, |_, question| {
            repeat(question, Code::RepeatLimit, false);
            question.repeat_overridden = true;
        }),
        refused(Code::SameCause, |_, question| {
            question.repeat =
                Some(Repeat { rule: Code::SameCause, same_incident: true, conflict: Some(conflict()), sealed: false });
            question.repeat_overridden = true;
        }),
        row(Code::OtherScheme, Some(Code::OtherScheme), Lane::OtherScheme, 0, |policy, _| {
            policy.other_scheme.insert(Cause::Fire, "shelter".into());
        }),
        row(Code::NeedsCounty, Some(Code::NeedsCounty), Lane::County, 0, |policy, _| policy.county_causes.push(Cause::Fire)),
        refused(Code::OutOfPlace, |policy, question| {
            policy.place.residence = vec![Residence::Registered, Residence::Permit];
            question.residence = Residence::None;
        }),
        row(Code::IdTemporary, Some(Code::IdTemporary), Lane::Advance, 0, |_, question| {
            second(question, 100_000);
            question.temporary = true;
        }),
        row(Code::Approved, None, Lane::Quick, 60_000, |_, question| question.temporary = true),
        refused(Code::ConfirmIdentity, |_, question| {
            (question.temporary, question.identified) = (true, true);
            question.deceased_on = Some(question.day);
        }),
        refused(Code::Deceased, |_, question| question.deceased_on = Some(question.day)),
        row(Code::Approved, None, Lane::Quick, 60_000, |_, question| question.deceased_on = question.day.tomorrow().ok()),
        refused(Code::Barred, |_, question| question.barred_until = Some(question.day)),
        row(Code::Approved, None, Lane::Quick, 60_000, |_, question| question.barred_until = question.day.yesterday().ok()),
        // What comes first in the practice is what is said.
        refused(Code::Deceased, |policy, question| {
            question.deceased_on = Some(question.day);
            question.barred_until = Some(question.day);
            policy.place.residence.clear();
            repeat(question, Code::SameCause, false);
            question.fund.status = FundStatus::Frozen;
        }),
        refused(Code::OutOfPlace, |policy, question| {
            policy.place.residence.clear();
            repeat(question, Code::SameCause, false);
        }),
        refused(Code::SameCause, |policy, question| {
            repeat(question, Code::SameCause, false);
            policy.other_scheme.insert(Cause::Fire, "shelter".into());
        }),
        refused(Code::LimitQuick, |policy, question| {
            policy.dibao_month_fen = Fen::ZERO;
            question.fund.available = Fen::ZERO;
        }),
    ]
}

/// Codes that `decide` gives; the others come from the edge, or from what this version does not do yet.
const GIVEN: [Code; 22] = [
    Code::ConfirmIdentity,
    Code::Approved,
    Code::ApprovedPartial,
    Code::LimitCase,
    Code::LimitQuick,
    Code::LimitPersonYear,
    Code::LimitOfficerDay,
    Code::LimitFundDay,
    Code::LimitCash,
    Code::SecondSignatureRequired,
    Code::FundInsufficient,
    Code::FundFrozen,
    Code::SameCause,
    Code::RepeatLimit,
    Code::OtherScheme,
    Code::OutOfPlace,
    Code::NeedsCounty,
    Code::ReviewRequired,
    Code::IdTemporary,
    Code::Deceased,
    Code::Barred,
    Code::SamePersonSigned,
];

pub(super) fn is_given(code: Code) -> bool {
    GIVEN.contains(&code)
}

#[test]
fn every_code_has_its_question() {
    for (index, row) in table().iter().enumerate() {
        let (mut policy, mut question) = (rules(), small());
        (row.change)(&mut policy, &mut question);
        let decision = decide(&policy, &question);
        let seen = (decision.code, decision.binding_rule, decision.lane, decision.granted_fen);
        assert_eq!(seen, (row.code, row.binding, row.lane, fen(row.granted)), "row {index}: {question:#?}");
        assert_eq!(decision.requested_fen, question.requested);
        assert_eq!(decision.policy_version, "cn-2026");
        if !decision.grants() {
            let check = decision.checks.iter().find(|check| check.rule == row.code).unwrap();
            assert!(!check.passed && !check.basis.is_empty(), "row {index}: the rule that refused is in the record");
        }
    }
    for code in GIVEN {
        assert!(table().iter().any(|row| row.code == code), "{code} has no question");
    }
}

#[test]
fn a_conflict_is_told_unless_it_is_sealed() {
    let mut question = small();
    repeat(&mut question, Code::SameCause, false);
    assert_eq!(decide(&rules(), &question).conflict, Some(conflict()));
    repeat(&mut question, Code::SameCause, true);
    let hidden = serde_json::to_string(&decide(&rules(), &question)).unwrap();
    assert!(!hidden.contains("JJN-") && !hidden.contains("SAME_CAUSE"), "{hidden}");
}

#[test]
fn what_is_left_is_passed_on() {
    let mut question = small();
    question.requested = fen(100_000);
    let decision = decide(&rules(), &question);
    let county = Referral { to: "county".into(), remaining_fen: Some(fen(22_000)) };
    assert_eq!(decision.referrals, [county]);
    question = small();
    question.cause = Cause::Violence;
    assert_eq!(decide(&rules(), &question).referrals, [Referral { to: "shelter".into(), remaining_fen: None }]);
    question.fund.available = Fen::ZERO;
    let to: Vec<_> = decide(&rules(), &question).referrals.into_iter().map(|referral| referral.to).collect();
    assert_eq!(to, ["shelter", "county"]);
}
