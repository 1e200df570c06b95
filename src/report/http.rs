//! The edge of reports.

use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;

use crate::actor::{Actor, Role, Roles};
use crate::book::Book;
use crate::division::Division;
use crate::http::{Access, Kind, Problem, Read, Reply};
use crate::reads::Readers;
use crate::report::answer::{Change, MonthlyAnswer, QuarterlyAnswer};
use crate::report::csv::csv;
use crate::report::find::{Counted, count};
use crate::report::workbook::{Heading, workbook};
use crate::time::rfc3339;
use crate::time::span::{Month, Quarter, Span};

/// Who may see reports of their scope.
pub struct ReportReaders;

impl Access for ReportReaders {
    const ROLES: Roles = Roles::of(&[Role::Approver, Role::Finance, Role::Auditor]);
}

/// `GET /v1/reports/monthly`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthQuery {
    month: Month,
    division: Option<Division>,
}

/// `GET /v1/reports/quarterly`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarterQuery {
    quarter: Quarter,
    division: Option<Division>,
}

/// The monthly report of a division (月报告), the caller's whole scope by default; JSON, CSV or a workbook by `Accept`.
#[utoipa::path(
    tag = "reports",
    params(
        ("month" = String, Query, description = "as 2026-11", pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$"),
        ("division" = Option<Division>, Query)
    ),
    responses((status = 200, content((MonthlyAnswer = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))))
)]
#[get("/reports/monthly")]
async fn get_monthly(read: Read<ReportReaders, MonthQuery>, readers: Data<Readers>, book: Data<Book>) -> Result<Reply, Problem> {
    let kind = read.accept(&[Kind::Json, Kind::Csv, Kind::Xlsx])?;
    let division = reached(&read.actor, read.query.division)?;
    let span = read.query.month.span().ok_or_else(|| Problem::fault("/month", "this month has no beginning or end"))?;
    let name = format!("report-{division}-{}", span.name);
    let rules = book.rules();
    let mut counted = count(&readers, &rules, &read.actor, division, &[span]).await?;
    let report = counted.reports.pop().ok_or_else(|| Problem::internal("nothing was counted"))?;
    let answer =
        MonthlyAnswer { division, name: rules.divisions.get(&division).cloned(), counted_at: rfc3339(counted.at), report };
    match kind {
        Kind::Csv => Ok(Reply::of_kind(kind, csv(&[&answer.report], &[])?.into()).file_name(name + ".csv")),
        Kind::Xlsx => {
            let heading =
                Heading { title: "急难救助月报告", place: place(division, answer.name.as_deref()), at: counted.at };
            Ok(Reply::of_kind(kind, workbook(&heading, &[&answer.report], &[])?.into()).file_name(name + ".xlsx"))
        }
        Kind::Json | Kind::Problem | Kind::Xml | Kind::Html => Reply::json(200, &answer),
    }
}

/// The quarterly review of a division (季调度): its months beside each other, with what changed; JSON, CSV or a workbook by `Accept`.
#[utoipa::path(
    tag = "reports",
    params(
        ("quarter" = String, Query, description = "as 2026-Q4", pattern = "^[0-9]{4}-Q[1-4]$"),
        ("division" = Option<Division>, Query)
    ),
    responses((status = 200, content((QuarterlyAnswer = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))))
)]
#[get("/reports/quarterly")]
async fn get_quarterly(
    read: Read<ReportReaders, QuarterQuery>,
    readers: Data<Readers>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let kind = read.accept(&[Kind::Json, Kind::Csv, Kind::Xlsx])?;
    let division = reached(&read.actor, read.query.division)?;
    let spans = read.query.quarter.spans();
    let (quarter, months) = spans.ok_or_else(|| Problem::fault("/quarter", "this quarter has no beginning or end"))?;
    let name = format!("report-{division}-{}", quarter.name);
    let spans: Vec<Span> = months.into_iter().chain([quarter]).collect();
    let rules = book.rules();
    let counted = count(&readers, &rules, &read.actor, division, &spans).await?;
    let at = counted.at;
    let answer = quarterly(division, rules.divisions.get(&division).cloned(), counted)?;
    match kind {
        Kind::Csv => {
            let reports: Vec<_> = answer.months.iter().chain([&answer.quarter]).collect();
            Ok(Reply::of_kind(kind, csv(&reports, &answer.changes)?.into()).file_name(name + ".csv"))
        }
        Kind::Xlsx => {
            let reports: Vec<_> = answer.months.iter().chain([&answer.quarter]).collect();
            let heading = Heading { title: "急难救助季调度", place: place(division, answer.name.as_deref()), at };
            Ok(Reply::of_kind(kind, workbook(&heading, &reports, &answer.changes)?.into()).file_name(name + ".xlsx"))
        }
        Kind::Json | Kind::Problem | Kind::Xml | Kind::Html => Reply::json(200, &answer),
    }
}

/// The division asked for. One that the caller reaches only a part of is out of scope: half of its figures would pass for all.
fn reached(actor: &Actor, asked: Option<Division>) -> Result<Division, Problem> {
    let division = asked.unwrap_or(actor.scope);
    if actor.reaches(&division) { Ok(division) } else { Err(Problem::outside_scope(division)) }
}

/// A division in words with its code.
fn place(division: Division, name: Option<&str>) -> String {
    name.map_or_else(|| division.to_string(), |name| format!("{name}（{division}）"))
}

fn quarterly(division: Division, name: Option<String>, mut counted: Counted) -> Result<QuarterlyAnswer, Problem> {
    let quarter = counted.reports.pop().ok_or_else(|| Problem::internal("nothing was counted"))?;
    let months = counted.reports;
    let change = |(before, after): (&crate::report::answer::Report, &crate::report::answer::Report)| Change {
        from: before.period.clone(),
        to: after.period.clone(),
        figures: after.total.more_than(&before.total),
    };
    let changes = months.iter().zip(months.iter().skip(1)).map(change).collect();
    Ok(QuarterlyAnswer { division, name, counted_at: rfc3339(counted.at), quarter, months, changes })
}

/// Routes of reports.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(get_monthly).service(get_quarterly);
}
