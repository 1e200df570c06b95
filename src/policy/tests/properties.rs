//! What holds of every decision, over arbitrary questions and rules.

use proptest::option;
use proptest::prelude::*;

use super::codes::is_given;
use super::*;
use crate::code::Code;

/// Amounts near the limits of the shipped rules, and anywhere.
fn amount() -> impl Strategy<Value = Fen> {
    prop_oneof![0..2_000_i64, 70_000..90_000_i64, 190_000..310_000_i64, 0..Fen::MOST.get()].prop_map(Fen::new)
}

fn positive() -> impl Strategy<Value = Fen> {
    amount().prop_map(|amount| amount.max(Fen::new(1)))
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn limits() -> impl Strategy<Value = Limits> {
    let limit = || option::weighted(0.3, amount());
    (limit(), limit(), limit(), limit()).prop_map(|(case, fund_day, person_year, officer_day)| Limits {
        case,
        fund_day,
        person_year,
        officer_day,
    })
}

/// Wishes as the edge lets them through: fixed amounts of at most what is asked for, the last perhaps open.
fn wishes() -> impl Strategy<Value = Vec<(Method, u8)>> {
    prop::collection::vec((one_of(Method::ALL), any::<u8>()), 1..8)
}

fn question() -> impl Strategy<Value = Question> {
    let person = (one_of(Cause::ALL), one_of(Residence::ALL), 1..40_u16, prop::bool::weighted(0.1), 0..20_u8);
    let signature = prop::sample::select(vec![
        Signature::Alone,
        Signature::Second,
        Signature::Second,
        Signature::SamePerson,
        Signature::Custodian,
    ]);
    let usage = (amount(), amount(), amount());
    let status = prop::sample::select(vec![FundStatus::Active, FundStatus::Active, FundStatus::Active, FundStatus::Frozen]);
    let fund = (status, -10_000..Fen::MOST.get(), amount(), any::<bool>(), limits());
    (person, positive(), wishes(), signature, usage, fund).prop_map(|(person, requested, parts, signature, usage, fund)| {
        let (cause, residence, persons, temporary, fate) = person;
        let (status, large, small_amount, is_large, limits) = fund;
        let day = date("2026-11-21");
        let sum: i64 = parts.iter().map(|(_, part)| i64::from(*part)).sum();
        let last = parts.len() - 1;
        let share = |(index, (method, part)): (usize, &(Method, u8))| {
            let fixed = i128::from(requested.get()) * i128::from(*part) / i128::from(sum.max(1));
            let fixed = i64::try_from(fixed).unwrap().max(1);
            Wish { method: *method, amount: (index < last || *part % 2 == 0).then_some(Fen::new(fixed)) }
        };
        let repeat = |rule, sealed: bool| Some(Repeat { rule, same_incident: false, conflict: (!sealed).then(conflict), sealed });
        Question {
            day,
            cause,
            residence,
            persons,
            temporary,
            identified: fate == 4,
            requested,
            wishes: parts.iter().enumerate().map(share).collect(),
            signature,
            deceased_on: (fate == 0).then_some(day),
            barred_until: (fate == 1).then_some(day),
            repeat: match fate {
                2 => repeat(Code::SameCause, false),
                3 => repeat(Code::RepeatLimit, true),
                _ => None,
            },
            repeat_overridden: false,
            offered: None,
            overdue: 0,
            usage: Usage { person_year: usage.0, person_year_sealed: false, officer_day: usage.1, fund_day: usage.2 },
            fund: FundFacts {
                status,
                available: if is_large { Fen::new(large) } else { small_amount },
                limits,
                bridged: Fen::ZERO,
            },
        }
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let caps = (option::weighted(0.3, amount()), option::weighted(0.3, amount()), option::weighted(0.3, amount()));
    let shape = (any::<bool>(), prop::bool::weighted(0.8), 0..10_u8);
    (caps, amount(), amount(), amount(), shape).prop_map(
        |((year, officer, fund), month, power, cash, (per_person, quick, rare))| {
            let mut policy = rules();
            policy.caps.person_year_fen = year;
            policy.caps.officer_day_fen = officer;
            policy.caps.fund_day_fen = fund;
            policy.dibao_month_fen = month;
            policy.advance.case_cap_fen = power;
            policy.cash.max_fen = cash;
            if per_person && let Some(quick) = &mut policy.quick {
                quick.cap_basis = CapBasis::PerPerson;
            }
            if !quick {
                policy.quick = None;
            }
            match rare {
                0 => policy.place.residence = vec![Residence::Registered],
                1 => drop(policy.other_scheme.insert(Cause::Fire, "county".into())),
                2 => policy.county_causes = vec![Cause::Illness],
                3 => policy.identity.temporary.clear(),
                _ => {}
            }
            policy
        },
    )
}

/// What each cap leaves, worked out from the policy and the question without the code of the caps.
fn left(policy: &Policy, question: &Question, lane: Lane) -> Vec<(Code, i64)> {
    let (usage, own) = (&question.usage, &question.fund.limits);
    let month = policy.dibao_month_fen.get();
    let quick = policy.quick.as_ref().filter(|_| lane == Lane::Quick);
    let quick = quick.map(|quick| if quick.cap_basis == CapBasis::PerCase { month } else { month * i64::from(question.persons) });
    let power = (lane == Lane::Advance).then_some(policy.advance.case_cap_fen.get());
    let get = |fen: Option<Fen>| fen.map(Fen::get);
    let mut all = Vec::new();
    for (code, limits, used) in [
        (Code::LimitQuick, [quick, None, None], 0),
        (Code::LimitCase, [power, Some(month * 10), get(own.case)], 0),
        (Code::LimitPersonYear, [get(policy.caps.person_year_fen), get(own.person_year), None], usage.person_year.get()),
        (Code::LimitOfficerDay, [get(policy.caps.officer_day_fen), get(own.officer_day), None], usage.officer_day.get()),
        (Code::LimitFundDay, [get(policy.caps.fund_day_fen), get(own.fund_day), None], usage.fund_day.get()),
    ] {
        all.extend(limits.into_iter().flatten().map(|limit| (code, (limit - used).max(0))));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_more_is_granted_than_asked_left_and_there(policy in policy(), question in question()) {
        let decision = decide(&policy, &question);
        prop_assert!(is_given(decision.code), "{}", decision.code);
        prop_assert!(decision.granted_fen >= Fen::ZERO && decision.granted_fen <= question.requested);
        if !decision.grants() {
            prop_assert_eq!(decision.granted_fen, Fen::ZERO);
            prop_assert!(decision.shares.is_empty());
            prop_assert_eq!(decision.binding_rule, Some(decision.code));
            return Ok(());
        }
        let granted = decision.granted_fen.get();
        prop_assert!(granted > 0);
        prop_assert!(granted <= question.fund.available.get());
        let left = left(&policy, &question, decision.lane);
        for (code, left) in &left {
            prop_assert!(granted <= *left, "{code} leaves {left}, granted are {granted}");
        }
        // And not less either: a part is granted only up to the lowest cap.
        let lowest = left.iter().map(|(_, left)| *left).min().unwrap_or(i64::MAX);
        prop_assert_eq!(granted, question.requested.get().min(lowest));
        prop_assert_eq!(decision.code == Code::Approved, granted == question.requested.get());
        let binding = left.iter().find(|(_, left)| *left == granted && granted < question.requested.get()).map(|(code, _)| *code);
        prop_assert_eq!(decision.binding_rule, binding);
        prop_assert_eq!(question.fund.status, FundStatus::Active);
        prop_assert!(!matches!(question.signature, Signature::SamePerson | Signature::Custodian));
        prop_assert!(decision.lane == Lane::Quick || question.signature == Signature::Second);
    }

    #[test]
    fn shares_fill_the_wishes_in_order(policy in policy(), question in question()) {
        let decision = decide(&policy, &question);
        let mut rest = decision.granted_fen.get();
        let mut next = 0;
        for share in &decision.shares {
            prop_assert!(share.wish >= next && share.amount.is_some());
            let wish = question.wishes[share.wish];
            prop_assert_eq!(share.method, wish.method);
            prop_assert_eq!(share.amount.get(), wish.amount.map_or(rest, Fen::get).min(rest));
            rest -= share.amount.get();
            next = share.wish + 1;
            if share.method == Method::Cash {
                prop_assert!(share.amount <= policy.cash.max_fen);
                let alone = question.signature == Signature::Alone;
                prop_assert!(!alone || share.amount <= policy.cash.second_signature_above_fen);
            }
        }
        prop_assert!(rest >= 0, "more is shared than granted");
        // Whatever got nothing got it because nothing was left.
        prop_assert!(!decision.grants() || rest == 0 || next == question.wishes.len());
    }

    #[test]
    fn the_same_question_has_the_same_answer_also_when_it_was_stored(policy in policy(), question in question()) {
        let decision = decide(&policy, &question);
        prop_assert_eq!(&decide(&policy, &question), &decision);
        let stored: Question = serde_json::from_str(&serde_json::to_string(&question).unwrap()).unwrap();
        prop_assert_eq!(&decide(&policy, &stored), &decision);
        let shown: Decision = serde_json::from_str(&serde_json::to_string(&decision).unwrap()).unwrap();
        prop_assert_eq!(shown, Decision { shares: Vec::new(), ..decision });
    }

    #[test]
    fn asking_for_more_never_gets_less(policy in policy(), question in question(), more in positive()) {
        // In one lane, in goods, with a fund that is never short; what the request decides besides is the lane.
        let mut question = question;
        question.wishes = vec![Wish { method: Method::Goods, amount: None }];
        question.fund.available = Fen::new(i64::MAX);
        question.signature = Signature::Alone;
        let less = decide(&policy, &question);
        question.requested = question.requested.plus(more).unwrap();
        let more = decide(&policy, &question);
        prop_assert!(more.granted_fen >= less.granted_fen);
        prop_assert_eq!(more.grants(), less.grants());
    }
}
