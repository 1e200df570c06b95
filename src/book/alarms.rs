//! Alarms that follow from rows: a fund that a move takes across a level of its target, a count that differs.

use crate::book::{AlarmKind, AlarmRow, DifferenceRow, Facts, FundRow, Presence, Rows};
use crate::money::Fen;
use crate::time::day;

/// The alarms that the rows of a move raise, seen from the facts before it.
pub fn raised(facts: &Facts, rows: &Rows) -> Vec<AlarmRow> {
    let found = rows.custody.differences.iter().filter(|difference| difference.presence == Presence::New);
    rows.funds
        .iter()
        .filter_map(|fund| Some((facts.fund(fund.city, fund.id)?, fund)))
        .flat_map(|(old, new)| crossed(facts, old, new))
        .chain(found.map(differs))
        .collect()
}

fn crossed(facts: &Facts, old: &FundRow, new: &FundRow) -> Vec<AlarmRow> {
    let policy = facts.rules().policies.at(&new.division, day(facts.now()));
    let percent = policy.map_or(0, |policy| policy.fund.alert_percent);
    let level = Fen::new(new.target.get().saturating_mul(i64::from(percent)) / 100);
    let fell = |level: Fen| old.available() > level && new.available() <= level;
    let alarm = |kind| AlarmRow {
        city: new.city,
        about: new.id.uuid(),
        kind,
        mark: new.version,
        division: new.division,
        amount: Some(new.available()),
    };
    let low = (level.is_some() && fell(level)).then(|| alarm(AlarmKind::FundLow));
    let exhausted = fell(Fen::ZERO).then(|| alarm(AlarmKind::FundExhausted));
    low.into_iter().chain(exhausted).collect()
}

/// A difference is found once, so that its alarm is.
fn differs(difference: &DifferenceRow) -> AlarmRow {
    AlarmRow {
        city: difference.city,
        about: difference.id.uuid(),
        kind: AlarmKind::CashDifference,
        mark: 0,
        division: difference.street,
        amount: Some(Fen::new(difference.amount.get().saturating_abs())),
    }
}
