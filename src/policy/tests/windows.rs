//! What holds when and where: versions of the rules, the calendar, what counts as helped before.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::code::Code;
use crate::id::IncidentId;
use crate::policy::parameters::RepeatRule;

fn version(id: &str, division: &str, from: &str) -> Policy {
    Policy { id: id.into(), division: division.into(), effective_from: date(from), ..rules() }
}

fn holds(policies: &Policies, division: &str, day: &str) -> Option<String> {
    policies.at(&division.parse().unwrap(), date(day)).map(|policy| policy.id.clone())
}

#[test]
fn the_nearest_prefix_wins_then_the_later_date_then_the_later_import() {
    let policies = Policies::new([
        version("everywhere", "", "2018-01-01"),
        version("everywhere-2026", "", "2026-01-01"),
        version("city", "3403", "2025-06-01"),
        version("county", "340303", "2026-03-01"),
        version("county-corrected", "340303", "2026-03-01"),
        version("county-next", "340303", "2027-01-01"),
        version("other-city", "3401", "2018-01-01"),
    ]);
    for (division, day, expected) in [
        ("340303001", "2017-12-31", None),
        ("340303001", "2018-01-01", Some("everywhere")),
        ("340303001", "2025-05-31", Some("everywhere")),
        ("340303001", "2025-06-01", Some("city")),
        // A later version for everywhere does not overtake a nearer one.
        ("340303001", "2026-02-28", Some("city")),
        ("340303001", "2026-03-01", Some("county-corrected")),
        ("340303001", "2026-12-31", Some("county-corrected")),
        ("340303001", "2027-01-01", Some("county-next")),
        ("340302001", "2026-06-01", Some("city")),
        ("340102001", "2026-06-01", Some("other-city")),
        ("340702001", "2026-06-01", Some("everywhere-2026")),
        ("340702001", "2025-12-31", Some("everywhere")),
    ] {
        assert_eq!(holds(&policies, division, day).as_deref(), expected, "{division} on {day}");
    }
    assert_eq!(policies.named("city").unwrap().effective_from, date("2025-06-01"));
    assert!(policies.named("nowhere").is_none() && policies.len() == 7 && !policies.is_empty());
}

#[test]
fn the_shipped_rules_change_with_the_year() {
    let old = Policy::parse(include_str!("../../../deploy/policy/cn-2025.toml")).unwrap();
    let policies = Policies::new([old, rules()]);
    assert_eq!(holds(&policies, "340303001", "2025-12-31").as_deref(), Some("cn-2025"));
    assert_eq!(holds(&policies, "340303001", "2026-01-01").as_deref(), Some("cn-2026"));
    // Before 2026 there was no small quick aid, and hukou or permit were needed.
    let policy = policies.at(&"340303001".parse().unwrap(), date("2025-12-31")).unwrap();
    assert_eq!(decide(policy, &small()).code, Code::SecondSignatureRequired);
    let stranger = Question { residence: Residence::None, ..small() };
    assert_eq!(decide(policy, &stranger).code, Code::OutOfPlace);
    assert_eq!(decide(&rules(), &stranger).code, Code::Approved);
}

/// The shipped calendar, and its plain lines.
static SHIPPED: LazyLock<(Calendar, BTreeMap<Date, String>)> = LazyLock::new(|| {
    let calendar = Calendar::parse(include_str!("../../../deploy/calendar/cn-2004-2026.csv")).unwrap();
    (calendar, lines())
});

fn lines() -> BTreeMap<Date, String> {
    let text = include_str!("../../../deploy/calendar/cn-2004-2026.csv");
    text.lines().skip(1).map(|line| line.split_once(',').unwrap()).map(|(day, kind)| (date(day), kind.to_owned())).collect()
}

/// Counts day by day.
fn naive(lines: &BTreeMap<Date, String>, from: Date, working_days: u16) -> Date {
    let mut day = from;
    let mut counted = 0;
    while counted < working_days {
        day = day.tomorrow().unwrap();
        let weekend = day.weekday().to_monday_one_offset() >= 6;
        let works = match lines.get(&day).map(String::as_str) {
            Some("workday") => true,
            Some("holiday") => false,
            Some(other) => panic!("{other}"),
            None => !weekend,
        };
        counted += u16::from(works);
    }
    day
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn working_days_are_counted_as_one_counts_them_by_hand(after in 0..8_600_i64, working_days in 0..40_u16) {
        let ((calendar, lines), from) = (&*SHIPPED, date("2003-12-01").checked_add(after.days()).unwrap());
        let due = calendar.after(from, working_days);
        prop_assert_eq!(due.day, naive(lines, from, working_days));
        let announced = from >= date("2004-01-01") && due.day <= date("2026-12-31");
        prop_assert_eq!(due.provisional, !announced);
    }
}

fn rule() -> RepeatRule {
    RepeatRule { same_cause_window_days: 365, epidemic_max_per_year: 2 }
}

fn claim(cause: Cause, incident: IncidentId, day: &str, ordinal: i32) -> PastClaim {
    let number = format!("JJN-340303001-20260101-{ordinal:04}").parse().unwrap();
    PastClaim { cause, incident, day: date(day), number, division: "340303001".parse().unwrap(), sealed: false }
}

/// What stands in the way of a new incident: the rule and the number of the case it names.
fn found(claims: &[PastClaim], cause: Cause, day: &str) -> Option<(Code, i32)> {
    let repeat = find_repeat(claims.iter(), cause, IncidentId::new(), date(day), &rule())?;
    assert!(!repeat.same_incident);
    Some((repeat.rule, repeat.conflict?.number.ordinal))
}

#[test]
fn a_cause_is_spent_for_a_year_and_not_a_day_longer() {
    let claims = [claim(Cause::Fire, IncidentId::new(), "2026-01-10", 1)];
    for (day, blocks) in [
        ("2026-01-10", true),
        // Day 364 blocks, day 365 does not.
        ("2027-01-09", true),
        ("2027-01-10", false),
        ("2027-01-11", false),
    ] {
        assert_eq!(found(&claims, Cause::Fire, day), blocks.then_some((Code::SameCause, 1)), "{day}");
    }
    // A leap year has a day more than the window.
    let claims = [claim(Cause::Fire, IncidentId::new(), "2028-01-10", 1)];
    assert_eq!(found(&claims, Cause::Fire, "2029-01-08"), Some((Code::SameCause, 1)));
    assert_eq!(found(&claims, Cause::Fire, "2029-01-09"), None);
}

#[test]
fn another_cause_does_not_block_and_the_latest_case_is_named() {
    let claims = [
        claim(Cause::Fire, IncidentId::new(), "2026-01-10", 1),
        claim(Cause::Fire, IncidentId::new(), "2026-05-10", 2),
        claim(Cause::Fire, IncidentId::new(), "2026-03-10", 3),
        claim(Cause::Other, IncidentId::new(), "2026-06-10", 4),
    ];
    assert_eq!(found(&claims, Cause::Illness, "2026-06-11"), None);
    assert_eq!(found(&claims, Cause::Fire, "2026-06-11"), Some((Code::SameCause, 2)));
    assert_eq!(found(&claims, Cause::Other, "2026-06-11"), None, "cause `other` blocks only within its incident");
}

#[test]
fn the_same_incident_is_refused_always() {
    let incident = IncidentId::new();
    for cause in Cause::ALL {
        let claims = [claim(*cause, incident, "2010-01-10", 1)];
        let repeat = find_repeat(claims.iter(), *cause, incident, date("2026-06-11"), &rule()).unwrap();
        assert_eq!((repeat.rule, repeat.same_incident), (Code::SameCause, true), "{cause:?}");
    }
    // Also when its cause was corrected meanwhile.
    let claims = [claim(Cause::Fire, incident, "2026-01-10", 1)];
    assert!(find_repeat(claims.iter(), Cause::Accident, incident, date("2026-06-11"), &rule()).is_some());
}

#[test]
fn a_lasting_epidemic_helps_twice_a_year_a_household() {
    let first = claim(Cause::Epidemic, IncidentId::new(), "2026-01-10", 1);
    // The same case, claimed by another member of the household, is the same time.
    let member = PastClaim { ..first.clone() };
    let second = claim(Cause::Epidemic, IncidentId::new(), "2026-04-10", 2);
    assert_eq!(found(&[first.clone(), member.clone()], Cause::Epidemic, "2026-06-11"), None);
    let both = [first, member, second];
    assert_eq!(found(&both, Cause::Epidemic, "2026-06-11"), Some((Code::RepeatLimit, 2)));
    assert_eq!(found(&both, Cause::Epidemic, "2027-01-09"), Some((Code::RepeatLimit, 2)));
    assert_eq!(found(&both, Cause::Epidemic, "2027-01-10"), None, "the first is a year ago");
}

#[test]
fn a_version_may_narrow_or_widen_fines_and_names_the_least_first() {
    let text = include_str!("../../../deploy/policy/cn-2026.toml");
    let with = |rule: &str| Policy::parse(&text.replace("[fund]\n", &format!("[recovery]\n{rule}\n\n[fund]\n")));
    assert_eq!(rules().recovery.fines(fen(234_000)), (fen(234_000), fen(702_000)));
    let halves = with("fine_range = [\"0.5\", \"1.5\"]").unwrap();
    assert_eq!(halves.recovery.fines(fen(3)), (fen(2), fen(4)), "both ends lie in the range");
    assert_eq!(halves.recovery.instalment_days, 30);
    assert!(with("fine_range = [\"3\", \"1\"]").is_err());
    assert!(with("fine_range = [1, 3]").is_err());
}
