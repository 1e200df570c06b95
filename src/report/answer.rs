//! Reports as they are answered.

use jiff::civil::Date;
use serde::Serialize;

use crate::division::Division;
use crate::id::FundId;
use crate::money::Fen;
use crate::policy::FundKind;
use crate::report::figures::{Figures, Line, Refusals};

/// `200` of `GET /v1/reports/monthly`
#[derive(Serialize, utoipa::ToSchema)]
pub struct MonthlyAnswer {
    /// The division that was asked for.
    pub division: Division,
    /// Its name.
    pub name: Option<String>,
    /// When it was counted: what is open may change until the month has ended, what is granted even later.
    #[schema(format = DateTime)]
    pub counted_at: String,
    /// The month.
    #[serde(flatten)]
    pub report: Report,
}

/// `200` of `GET /v1/reports/quarterly`
#[derive(Serialize, utoipa::ToSchema)]
pub struct QuarterlyAnswer {
    /// The division that was asked for.
    pub division: Division,
    /// Its name.
    pub name: Option<String>,
    /// When it was counted.
    #[schema(format = DateTime)]
    pub counted_at: String,
    /// The quarter as one span: persons and times of its months do not add up.
    pub quarter: Report,
    /// Its months.
    pub months: Vec<Report>,
    /// From each month to the next.
    pub changes: Vec<Change>,
}

/// What there is more of in a month than in the one before it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Change {
    /// The month before.
    pub from: String,
    /// The month.
    pub to: String,
    /// Differences of the totals; below zero: there is less.
    pub figures: Figures,
}

/// One span.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Report {
    /// `2026-11` or `2026-Q4`
    pub period: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// All of it.
    pub total: Figures,
    /// By street.
    pub by_division: Vec<Line>,
    /// By the fund: of cases the one they are paid from, of money the one that paid.
    pub by_fund: Vec<Line>,
    /// By rule set.
    pub by_lane: Vec<Line>,
    /// By what happened.
    pub by_cause: Vec<Line>,
    /// Refusals by code.
    pub refusals: Vec<Refusals>,
    /// Money of the funds that lie in the division.
    pub funds: Vec<FundLine>,
}

/// Money of a fund in a span: opening + credited − paid = closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FundLine {
    /// The fund.
    pub fund_id: FundId,
    /// Where it belongs.
    pub division: Division,
    /// What it is for.
    pub kind: FundKind,
    /// Its name.
    pub name: String,
    /// What was in it before, what is held included.
    pub opening_fen: Fen,
    /// What came in, withdrawals taken off.
    pub credited_fen: Fen,
    /// What was paid, returns taken off.
    pub paid_fen: Fen,
    /// What is in it at the end.
    pub closing_fen: Fen,
    /// Of that held.
    pub held_fen: Fen,
}

impl Report {
    /// The sections that have figures, as CSV and workbooks name them.
    pub fn sections(&self) -> [(&'static str, &[Line]); 4] {
        [("division", &self.by_division), ("fund", &self.by_fund), ("lane", &self.by_lane), ("cause", &self.by_cause)]
    }
}
