//! Each fact of the real person is found, alone and beside others.

use jiff::ToSpan;

use super::*;
use crate::policy::{Cause, FundFacts, FundStatus, Limits, Repeat, Residence, Signature};

fn policy() -> Policy {
    Policy::parse(include_str!("../../../../../deploy/policy/cn-2026.toml")).unwrap()
}

/// 780 yuan asked by somebody unknown, in the quick lane; 1 000 yuan a person and year.
fn stored() -> Question {
    Question {
        day: "2026-11-21".parse().unwrap(),
        cause: Cause::Accident,
        residence: Residence::None,
        persons: 1,
        temporary: true,
        identified: false,
        requested: Fen::new(78_000),
        wishes: Vec::new(),
        signature: Signature::Alone,
        deceased_on: None,
        barred_until: None,
        repeat: None,
        repeat_overridden: false,
        offered: None,
        overdue: 0,
        usage: Usage::default(),
        fund: FundFacts {
            status: FundStatus::Active,
            available: Fen::new(1_000_000),
            limits: Limits { person_year: Some(Fen::new(100_000)), ..Limits::default() },
            bridged: Fen::ZERO,
        },
    }
}

/// Code, limit and what is used of it.
type Short = (Code, Option<i64>, Option<i64>);

fn found(change: impl Fn(&mut Question)) -> (Vec<Short>, i64) {
    let mut real = Question { temporary: false, ..stored() };
    change(&mut real);
    let rerun = compare(&policy(), &stored(), &real);
    let short = |finding: &Finding| (finding.code, finding.limit_fen.map(Fen::get), finding.used_fen.map(Fen::get));
    (rerun.findings.iter().map(short).collect(), rerun.grantable.get())
}

fn repeat(sealed: bool) -> Option<Repeat> {
    Some(Repeat { rule: Code::SameCause, same_incident: false, conflict: None, sealed })
}

#[test]
fn nothing_is_found_of_somebody_who_was_never_helped() {
    assert_eq!(found(|_| ()), (vec![], 78_000));
    assert_eq!(found(|real| real.usage.person_year = Fen::new(22_000)), (vec![], 78_000), "to the fen");
}

#[test]
fn a_limit_that_would_have_lowered_or_refused_is_found_with_its_figures() {
    let over = |used| found(move |real| real.usage.person_year = Fen::new(used));
    assert_eq!(over(22_001), (vec![(Code::LimitPersonYear, Some(100_000), Some(22_001))], 77_999));
    assert_eq!(over(100_000), (vec![(Code::LimitPersonYear, Some(100_000), Some(100_000))], 0));
}

#[test]
fn each_fact_is_found_beside_the_others_and_the_strictest_decides() {
    let (findings, grantable) = found(|real| {
        real.deceased_on = Some(real.day);
        real.barred_until = Some(real.day);
        real.repeat = repeat(false);
        real.usage.person_year = Fen::new(60_000);
    });
    let codes: Vec<Code> = findings.iter().map(|finding| finding.0).collect();
    assert_eq!(codes, [Code::Deceased, Code::Barred, Code::SameCause, Code::LimitPersonYear]);
    assert_eq!(grantable, 0);
}

#[test]
fn who_died_or_was_barred_after_the_help_was_helped_rightly() {
    let after = |real: &mut Question| {
        real.deceased_on = real.day.checked_add(1.day()).ok();
        real.barred_until = real.day.checked_sub(1.day()).ok();
    };
    assert_eq!(found(after), (vec![], 78_000));
}

#[test]
fn of_what_is_kept_from_view_nothing_is_told() {
    assert_eq!(found(|real| real.repeat = repeat(true)), (vec![(Code::ReviewRequired, None, None)], 0));
    let usage =
        |real: &mut Question| real.usage = Usage { person_year: Fen::new(60_000), person_year_sealed: true, ..real.usage };
    assert_eq!(found(usage), (vec![(Code::ReviewRequired, None, None)], 0));
}

#[test]
fn a_sealed_case_is_found_once_whichever_rules_it_stands_behind() {
    let hidden = vec![(Code::ReviewRequired, None, None)];
    let year = |real: &mut Question| {
        (real.usage.person_year, real.usage.person_year_sealed) = (Fen::new(60_000), true);
    };
    assert_eq!(found(|real| real.repeat = repeat(true)), (hidden.clone(), 0));
    assert_eq!(found(year), (hidden.clone(), 0));
    let both = |real: &mut Question| {
        year(real);
        real.repeat = repeat(true);
    };
    assert_eq!(found(both), (hidden, 0), "two would tell that the causes are the same");
}
