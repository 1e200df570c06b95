//! Counts what is in spans, in one snapshot.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::book::Rules;
use crate::division::Division;
use crate::http::Problem;
use crate::id::FundId;
use crate::money::Fen;
use crate::reads::Readers;
use crate::report::answer::{FundLine, Report};
use crate::report::figures::{Figures, Line, Refusals};
use crate::time::span::Span;

/// Sealed cases that a county and month must have for any of them to be counted: what a figure tells is told of no fewer. The least that
/// disclosure control of official tables asks for.
pub const SEALED_LEAST: i64 = 5;

/// What was counted.
pub struct Counted {
    /// When.
    pub at: Timestamp,
    /// A report for each span, in their order.
    pub reports: Vec<Report>,
}

type Cells = BTreeMap<(i64, String, String), Figures>;

/// Counts what lies in a division, for somebody in whose scope it lies.
pub async fn count(
    readers: &Readers,
    rules: &Rules,
    actor: &Actor,
    division: Division,
    spans: &[Span],
) -> Result<Counted, Problem> {
    let city = division.city();
    let moments = |of: fn(&Span) -> Timestamp| spans.iter().map(of).collect::<Vec<_>>();
    let (begins, ends) = (moments(|span| span.begins), moments(|span| span.ends));
    let years = moments(|span| span.year_begins);
    let least = division.street().is_none().then_some(SEALED_LEAST);
    let of_spans: [&(dyn ToSql + Sync); 4] = [&city, &division, &begins, &ends];
    let with_sealed: [&(dyn ToSql + Sync); 5] = [&city, &division, &begins, &ends, &least];
    let with_years: [&(dyn ToSql + Sync); 6] = [&city, &division, &begins, &ends, &least, &years];
    let of_city: [&(dyn ToSql + Sync); 1] = [&city];
    let asked: [(&'static str, &[&(dyn ToSql + Sync)]); 6] = [
        (include_str!("../../sql/report/cases.sql"), &with_years),
        (include_str!("../../sql/report/money.sql"), &with_sealed),
        (include_str!("../../sql/report/open.sql"), &with_sealed),
        (include_str!("../../sql/report/funds.sql"), &of_spans),
        (include_str!("../../sql/report/names.sql"), &of_city),
        (include_str!("../../sql/book/now.sql"), &[]),
    ];
    let found: [Vec<Row>; 6] =
        readers.snapshot(actor, &asked).await?.try_into().map_err(|_| Problem::internal("a statement had no answer"))?;
    let [cases, money, open, funds, names, clock] = &found;
    let at = clock.first().map(|row| row.get("now")).ok_or_else(|| Problem::internal("the database told no time"))?;
    let cells = cells(cases, money, open);
    let names: BTreeMap<FundId, String> = names.iter().map(|row| (row.get("id"), row.get("name"))).collect();
    let reports = spans.iter().zip(1..).map(|(span, place)| {
        let funds = funds.iter().filter(|row| row.get::<_, i64>("place") == place).map(fund_line).collect();
        report(span, place, &cells, funds, &|section, key| match section {
            "division" => key.parse().ok().and_then(|division: Division| rules.divisions.get(&division).cloned()),
            "fund" => key.parse().ok().and_then(|id: uuid::Uuid| names.get(&FundId::from(id)).cloned()),
            _ => None,
        })
    });
    Ok(Counted { at, reports: reports.collect() })
}

/// The cells of all statements, put together.
fn cells(cases: &[Row], money: &[Row], open: &[Row]) -> Cells {
    let mut cells = Cells::new();
    for row in cases {
        let cell = cell(&mut cells, row);
        cell.cases = row.get("cases");
        cell.refused = row.get("refused");
        cell.declined = row.get("declined");
        cell.households = row.get("households");
        cell.granted_fen = row.get("granted");
        cell.persons = row.get("persons");
        cell.repeated = row.get("repeated");
    }
    for row in money {
        let cell = cell(&mut cells, row);
        cell.paid_fen = row.get("paid");
        cell.returned_fen = row.get("returned");
        cell.recovered_fen = row.get("recovered");
        cell.first_payments = row.get("first_payments");
        cell.first_payment_median_s = row.get("median_s");
        cell.first_payment_p95_s = row.get("p95_s");
    }
    for row in open {
        let cell = cell(&mut cells, row);
        cell.held_fen = row.get("held");
        cell.papers_due = row.get("due");
        cell.papers_overdue = row.get("overdue");
    }
    cells
}

fn cell<'c>(cells: &'c mut Cells, row: &Row) -> &'c mut Figures {
    cells.entry((row.get("place"), row.get("section"), row.get("key"))).or_default()
}

fn report(span: &Span, place: i64, cells: &Cells, funds: Vec<FundLine>, name: &dyn Fn(&str, &str) -> Option<String>) -> Report {
    let of = |wanted: &'static str| cells.iter().filter(move |((at, section, _), _)| *at == place && section == wanted);
    let lines = |section: &'static str| -> Vec<Line> {
        let line = |((_, _, key), figures): (&(i64, String, String), &Figures)| Line {
            name: name(section, key),
            key: key.clone(),
            figures: figures.clone(),
        };
        // A part of which nothing is counted tells nothing.
        of(section).filter(|(_, figures)| **figures != Figures::default()).map(line).collect()
    };
    let refusal =
        |((_, _, code), figures): (&(i64, String, String), &Figures)| Refusals { code: code.clone(), cases: figures.cases };
    Report {
        period: span.name.clone(),
        from: span.first,
        to: span.last,
        total: of("total").next().map(|(_, figures)| figures.clone()).unwrap_or_default(),
        by_division: lines("division"),
        by_fund: lines("fund"),
        by_lane: lines("lane"),
        by_cause: lines("cause"),
        refusals: of("refusal").map(refusal).collect(),
        funds,
    }
}

fn fund_line(row: &Row) -> FundLine {
    let fen = |name: &str| row.get::<_, Fen>(name);
    // Totals of a fund are never negative, so no difference of two leaves 64 bits.
    let less = |one: Fen, other: Fen| one.minus(other).unwrap_or_default();
    FundLine {
        fund_id: row.get("id"),
        division: row.get("division"),
        kind: row.get("kind"),
        name: row.get("name"),
        opening_fen: less(fen("credited_before"), fen("paid_before")),
        credited_fen: less(fen("credited"), fen("credited_before")),
        paid_fen: less(fen("paid"), fen("paid_before")),
        closing_fen: less(fen("credited"), fen("paid")),
        held_fen: fen("held"),
    }
}
