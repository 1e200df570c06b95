//! Alarms of funds: raised once, when a move takes a fund across a level of its target.

use crate::book::{AlarmKind, AlarmRow, Facts, FundRow, Rows};
use crate::money::Fen;
use crate::time::day;

/// The alarms that the rows of a move raise, seen from the facts before it.
pub fn raised(facts: &Facts, rows: &Rows) -> Vec<AlarmRow> {
    rows.funds
        .iter()
        .filter_map(|fund| Some((facts.fund(fund.city, fund.id)?, fund)))
        .flat_map(|(old, new)| crossed(facts, old, new))
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
