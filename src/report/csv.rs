//! Reports as CSV: one table, a line for each total, part, code and fund; what a line does not have is empty.

use crate::http::Problem;
use crate::report::answer::{Change, FundLine, Report};
use crate::report::figures::{COLUMNS, Figures};

/// Money of a fund; `paid_fen` and `held_fen` stand in the columns of that name.
const OF_FUNDS: [&str; 3] = ["opening_fen", "credited_fen", "closing_fen"];

/// Reports, and the changes from one to the next.
pub fn csv(reports: &[&Report], changes: &[Change]) -> Result<Vec<u8>, Problem> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = ["period", "section", "key", "name"].into_iter();
    let head = head.chain(COLUMNS.iter().map(|column| column.name)).chain(OF_FUNDS);
    out.write_record(head).map_err(Problem::internal)?;
    for report in reports {
        for record in records(report) {
            out.write_record(record).map_err(Problem::internal)?;
        }
    }
    for change in changes {
        let record = line([&change.to, "change", &change.from, ""], &change.figures);
        out.write_record(record).map_err(Problem::internal)?;
    }
    out.into_inner().map_err(Problem::internal)
}

fn records(report: &Report) -> Vec<Vec<String>> {
    let period = report.period.as_str();
    let mut records = vec![line([period, "total", "", ""], &report.total)];
    for (section, lines) in report.sections() {
        let of =
            |part: &crate::report::Line| line([period, section, &part.key, part.name.as_deref().unwrap_or("")], &part.figures);
        records.extend(lines.iter().map(of));
    }
    for refusal in &report.refusals {
        let cases = |name: &str| if name == "cases" { refusal.cases.to_string() } else { String::new() };
        let mut record = vec![period.to_owned(), "refusal".into(), refusal.code.clone(), String::new()];
        record.extend(COLUMNS.iter().map(|column| column.name).chain(OF_FUNDS).map(cases));
        records.push(record);
    }
    records.extend(report.funds.iter().map(|fund| ledger(period, fund)));
    records
}

fn line(of: [&str; 4], figures: &Figures) -> Vec<String> {
    let [period, section, key, name] = of;
    let mut record = vec![period.to_owned(), section.to_owned(), key.to_owned(), plain(name)];
    record.extend(COLUMNS.iter().map(|column| (column.of)(figures).map(|value| value.to_string()).unwrap_or_default()));
    record.extend(OF_FUNDS.map(|_| String::new()));
    record
}

fn ledger(period: &str, fund: &FundLine) -> Vec<String> {
    let mut record = vec![period.to_owned(), "ledger".into(), fund.fund_id.to_string(), plain(&fund.name)];
    let value = |name: &str| match name {
        "paid_fen" => fund.paid_fen.get().to_string(),
        "held_fen" => fund.held_fen.get().to_string(),
        "opening_fen" => fund.opening_fen.get().to_string(),
        "credited_fen" => fund.credited_fen.get().to_string(),
        "closing_fen" => fund.closing_fen.get().to_string(),
        _ => String::new(),
    };
    record.extend(COLUMNS.iter().map(|column| column.name).chain(OF_FUNDS).map(value));
    record
}

/// A cell that a spreadsheet takes for a formula is a way to attack whoever opens the file: such text is quoted.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
