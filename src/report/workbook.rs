//! Reports as a workbook in Chinese: figures of the totals with periods beside each other, then a sheet for each way of dividing them.

use jiff::Timestamp;

use crate::case::{cause_in_chinese, lane_in_chinese};
use crate::code::Code;
use crate::http::Problem;
use crate::money::Fen;
use crate::policy::{Cause, FundKind, Lane};
use crate::report::answer::{Change, FundLine, Report};
use crate::report::figures::{self, COLUMNS, Figures, Line, Unit};
use crate::sheet::{Cell, Column, Workbook};
use crate::time::rfc3339;

/// What stands above every sheet.
pub struct Heading {
    /// What it is.
    pub title: &'static str,
    /// Of where.
    pub place: String,
    /// When it was counted.
    pub at: Timestamp,
}

/// A workbook of reports, the last of them the whole.
pub fn workbook(heading: &Heading, reports: &[&Report], changes: &[Change]) -> Result<Vec<u8>, Problem> {
    let periods: Vec<&str> = reports.iter().map(|report| report.period.as_str()).collect();
    let of = format!("{}　{}　统计时间：{}", heading.place, periods.last().unwrap_or(&""), rfc3339(heading.at));
    let mut book = Workbook::new().map_err(Problem::internal)?;
    totals(&mut book, &[heading.title, &of], reports, changes)?;
    for (name, section) in [("按区划", "division"), ("按资金", "fund"), ("按通道", "lane"), ("按事由", "cause")] {
        parts(&mut book, name, section, &[heading.title, &of], reports)?;
    }
    refusals(&mut book, &[heading.title, &of], reports)?;
    ledger(&mut book, &[heading.title, &of], reports)?;
    book.bytes().map_err(Problem::internal)
}

/// A line a figure, a column a period, then the changes.
fn totals(book: &mut Workbook, title: &[&str], reports: &[&Report], changes: &[Change]) -> Result<(), Problem> {
    let mut columns = vec![Column::new("指标", 34)];
    columns.extend(reports.iter().map(|report| Column::new(report.period.clone(), 16)));
    columns.extend(changes.iter().map(|change| Column::new(format!("{}较{}", change.to, change.from), 20)));
    let mut sheet = book.sheet("总表", title, &columns).map_err(Problem::internal)?;
    let each: Vec<&Figures> =
        reports.iter().map(|report| &report.total).chain(changes.iter().map(|change| &change.figures)).collect();
    for column in COLUMNS {
        let cells = each.iter().map(|figures| cell(column, figures));
        sheet.row([Cell::text(titled(column))].into_iter().chain(cells)).map_err(Problem::internal)?;
    }
    Ok(())
}

fn parts(book: &mut Workbook, name: &str, section: &str, title: &[&str], reports: &[&Report]) -> Result<(), Problem> {
    let mut columns = vec![Column::new("期间", 10), Column::new("代码", 38), Column::new("名称", 24)];
    columns.extend(COLUMNS.iter().map(|column| Column::new(titled(column), 16)));
    let mut sheet = book.sheet(name, title, &columns).map_err(Problem::internal)?;
    for report in reports {
        let lines = report.sections().into_iter().find(|(known, _)| *known == section).map_or(&[][..], |(_, lines)| lines);
        for line in lines {
            let first = [Cell::text(&*report.period), Cell::text(&*line.key), Cell::text_if_any(shown(section, line))];
            let figures = COLUMNS.iter().map(|column| cell(column, &line.figures));
            sheet.row(first.into_iter().chain(figures)).map_err(Problem::internal)?;
        }
    }
    Ok(())
}

fn refusals(book: &mut Workbook, title: &[&str], reports: &[&Report]) -> Result<(), Problem> {
    let columns = [Column::new("期间", 10), Column::new("代码", 28), Column::new("原因", 40), Column::new("案件", 12)];
    let mut sheet = book.sheet("不予救助", title, &columns).map_err(Problem::internal)?;
    for report in reports {
        for refusal in &report.refusals {
            let known = Code::ALL.iter().find(|code| code.as_str() == refusal.code).map(|code| code.chinese());
            let cells =
                [Cell::text(&*report.period), Cell::text(&*refusal.code), Cell::text_if_any(known), Cell::Whole(refusal.cases)];
            sheet.row(cells).map_err(Problem::internal)?;
        }
    }
    Ok(())
}

fn ledger(book: &mut Workbook, title: &[&str], reports: &[&Report]) -> Result<(), Problem> {
    let texts = [("期间", 10), ("区划", 14), ("资金", 38), ("名称", 24), ("类别", 20)];
    let sums = ["期初余额（元）", "本期入账（元）", "本期支出（元）", "期末余额（元）", "其中预留（元）"];
    let columns: Vec<Column> =
        texts.iter().copied().chain(sums.map(|title| (title, 18))).map(|(title, width)| Column::new(title, width)).collect();
    let mut sheet = book.sheet("资金收支", title, &columns).map_err(Problem::internal)?;
    for report in reports {
        for fund in &report.funds {
            sheet.row(fund_cells(&report.period, fund)).map_err(Problem::internal)?;
        }
    }
    Ok(())
}

fn fund_cells<'f>(period: &'f str, fund: &'f FundLine) -> [Cell<'f>; 10] {
    [
        Cell::text(period),
        Cell::text(fund.division.to_string()),
        Cell::text(fund.fund_id.to_string()),
        Cell::text(&*fund.name),
        Cell::text(kind(fund.kind)),
        Cell::Fen(fund.opening_fen),
        Cell::Fen(fund.credited_fen),
        Cell::Fen(fund.paid_fen),
        Cell::Fen(fund.closing_fen),
        Cell::Fen(fund.held_fen),
    ]
}

/// A figure by its title, with its unit.
fn titled(column: &figures::Column) -> String {
    match column.unit {
        Unit::Count => column.title.to_owned(),
        Unit::Fen => format!("{}（元）", column.title),
        Unit::Seconds => format!("{}（秒）", column.title),
    }
}

fn cell(column: &figures::Column, figures: &Figures) -> Cell<'static> {
    match (column.unit, (column.of)(figures)) {
        (_, None) => Cell::Empty,
        (Unit::Fen, Some(value)) => Cell::Fen(Fen::new(value)),
        (Unit::Count | Unit::Seconds, Some(value)) => Cell::Whole(value),
    }
}

/// What a part is called.
fn shown(section: &str, line: &Line) -> Option<String> {
    match section {
        "lane" => Lane::ALL.iter().find(|lane| lane.as_str() == line.key).map(|lane| lane_in_chinese(*lane).to_owned()),
        "cause" => Cause::ALL.iter().find(|cause| cause.as_str() == line.key).map(|cause| cause_in_chinese(*cause).to_owned()),
        _ => line.name.clone(),
    }
}

const fn kind(kind: FundKind) -> &'static str {
    match kind {
        FundKind::StreetReserve => "备用金",
        FundKind::EmergencyTreatment => "疾病应急救助基金",
        FundKind::ReliefFund => "救急难基金",
    }
}
