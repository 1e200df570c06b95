//! What is counted of a span, and of each part of it.

use serde::Serialize;

/// Figures of a total or of one part of it. Money in fen, times in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Figures {
    /// Cases accepted.
    pub cases: i64,
    /// Of these refused by a rule.
    pub refused: i64,
    /// Of these declined by an approver.
    pub declined: i64,
    /// Persons helped, each once.
    pub persons: i64,
    /// Households helped, each once: the same people are the same household.
    pub households: i64,
    /// Persons helped who were helped more than once in the twelve months up to the end of the span.
    pub repeated: i64,
    /// What is granted to the cases accepted, as it stands.
    pub granted_fen: i64,
    /// What was paid out.
    pub paid_fen: i64,
    /// What banks sent back.
    pub returned_fen: i64,
    /// What came back by recoveries.
    pub recovered_fen: i64,
    /// What is still held at the end.
    pub held_fen: i64,
    /// Cases paid for the first time.
    pub first_payments: i64,
    /// From acceptance to first payment: half of them waited no longer.
    pub first_payment_median_s: Option<i64>,
    /// From acceptance to first payment: 95 of 100 waited no longer.
    pub first_payment_p95_s: Option<i64>,
    /// Cases whose papers were due in the span.
    pub papers_due: i64,
    /// Cases whose papers are overdue at its end.
    pub papers_overdue: i64,
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Cases or people.
    Count,
    /// Money.
    Fen,
    /// Seconds.
    Seconds,
}

/// A figure by its names.
pub struct Column {
    /// As JSON and CSV have it.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Its value.
    pub of: fn(&Figures) -> Option<i64>,
}

macro_rules! columns {
    ($($name:ident $title:literal $unit:ident $($optional:ident)?),+ $(,)?) => {
        &[$(Column { name: stringify!($name), title: $title, unit: Unit::$unit, of: |figures| columns!(@ figures $name $($optional)?) }),+]
    };
    (@ $figures:ident $name:ident optional) => { $figures.$name };
    (@ $figures:ident $name:ident) => { Some($figures.$name) };
}

/// Every figure, in order.
pub const COLUMNS: &[Column] = columns! {
    cases "受理案件" Count,
    refused "不予救助" Count,
    declined "审批未通过" Count,
    persons "救助人数" Count,
    households "救助户数" Count,
    repeated "十二个月内重复救助人数" Count,
    granted_fen "批准金额" Fen,
    paid_fen "支付金额" Fen,
    returned_fen "银行退回" Fen,
    recovered_fen "追缴收回" Fen,
    held_fen "期末预留" Fen,
    first_payments "首次支付案件" Count,
    first_payment_median_s "首次支付用时中位数" Seconds optional,
    first_payment_p95_s "首次支付用时95分位" Seconds optional,
    papers_due "应补齐手续" Count,
    papers_overdue "逾期未补齐" Count,
};

/// One part of a total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Line {
    /// Code of the division, id of the fund, lane or cause.
    pub key: String,
    /// The name of the division or fund, where it is known to who asks.
    pub name: Option<String>,
    /// What is counted of it.
    pub figures: Figures,
}

/// Cases that a rule refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Refusals {
    /// The code.
    pub code: String,
    /// How many.
    pub cases: i64,
}

impl Figures {
    /// How much more there is than in another span; a time counts when both have one.
    pub fn more_than(&self, other: &Self) -> Self {
        let time = |one: Option<i64>, other: Option<i64>| one.zip(other).map(|(one, other)| one.saturating_sub(other));
        Self {
            cases: self.cases.saturating_sub(other.cases),
            refused: self.refused.saturating_sub(other.refused),
            declined: self.declined.saturating_sub(other.declined),
            persons: self.persons.saturating_sub(other.persons),
            households: self.households.saturating_sub(other.households),
            repeated: self.repeated.saturating_sub(other.repeated),
            granted_fen: self.granted_fen.saturating_sub(other.granted_fen),
            paid_fen: self.paid_fen.saturating_sub(other.paid_fen),
            returned_fen: self.returned_fen.saturating_sub(other.returned_fen),
            recovered_fen: self.recovered_fen.saturating_sub(other.recovered_fen),
            held_fen: self.held_fen.saturating_sub(other.held_fen),
            first_payments: self.first_payments.saturating_sub(other.first_payments),
            first_payment_median_s: time(self.first_payment_median_s, other.first_payment_median_s),
            first_payment_p95_s: time(self.first_payment_p95_s, other.first_payment_p95_s),
            papers_due: self.papers_due.saturating_sub(other.papers_due),
            papers_overdue: self.papers_overdue.saturating_sub(other.papers_overdue),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_column_of_its_name() {
        let figures = Figures { first_payment_median_s: Some(7), first_payment_p95_s: Some(9), ..Figures::default() };
        let json = serde_json::to_value(&figures).unwrap();
        let named: Vec<&String> = json.as_object().unwrap().keys().collect();
        let mut columns: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        columns.sort_unstable();
        assert_eq!(named, columns);
        assert!(COLUMNS.iter().all(|column| json[column.name].as_i64() == (column.of)(&figures)));
    }

    #[test]
    fn a_change_is_what_there_is_more() {
        let before = Figures { cases: 5, paid_fen: 100, ..Figures::default() };
        let after = Figures { cases: 3, paid_fen: 250, first_payment_median_s: Some(4), ..Figures::default() };
        let change = after.more_than(&before);
        assert_eq!((change.cases, change.paid_fen, change.first_payment_median_s), (-2, 150, None));
    }
}
