//! Reports as JSON, CSV and workbooks: one content.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use crate::reports::october;
use crate::world::World;
use crate::world::bank::Bank;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[tokio::test(flavor = "multi_thread")]
async fn json_csv_and_workbook_say_the_same() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let hidden = october(&world, &bank).await.hidden;
    world.sql("update fund set name = '=1+1' where kind = 'relief_fund'").await;
    let path = "/v1/reports/quarterly?quarter=2026-Q4";
    let json = world.get(path, &world.finance()).await.expect(200);
    let asked = async |kind: &str| {
        world.ask(reqwest::Method::GET, path).by(&world.finance()).header("accept", kind).send().await.expect(200)
    };
    let (csv, xlsx) = (asked("text/csv").await, asked(XLSX).await);
    assert_eq!(csv.headers.get("content-type").unwrap(), "text/csv; charset=utf-8");
    assert_eq!(csv.headers.get("content-disposition").unwrap(), "attachment; filename=\"report-3403-2026-Q4.csv\"");
    assert_eq!(xlsx.headers.get("content-type").unwrap(), XLSX);
    for text in [&json.text, &csv.text] {
        assert!(!text.contains(&hidden) && !text.contains("violence"), "{text}");
    }

    let mut reports: Vec<Value> = json.at("/months").as_array().unwrap().clone();
    reports.push(json.at("/quarter"));
    assert_eq!(lines_of_csv(&csv.text), lines_of_json(&reports, &json.at("/changes")));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["总表", "按区划", "按资金", "按通道", "按事由", "不予救助", "资金收支"]);
    let totals = book.worksheet_range("总表").unwrap();
    for (column, report) in reports.iter().enumerate() {
        let figures = numbers(totals.rows().skip(3).map(|row| &row[column + 1]), &ORDER);
        assert_eq!(figures, in_order(&report["total"]), "{}", report["period"]);
    }
    let changed = numbers(totals.rows().skip(3).map(|row| &row[5]), &ORDER);
    assert_eq!(changed, in_order(&json.at("/changes/0/figures")));
    for (sheet, section) in [("按区划", "by_division"), ("按资金", "by_fund"), ("按通道", "by_lane"), ("按事由", "by_cause")]
    {
        let range = book.worksheet_range(sheet).unwrap();
        let found: Vec<_> = range.rows().skip(3).map(|row| (text(&row[0]), text(&row[1]), numbers(&row[3..], &ORDER))).collect();
        let expected: Vec<_> = reports
            .iter()
            .flat_map(|report| {
                report[section]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|line| {
                        (
                            report["period"].as_str().unwrap().to_owned(),
                            line["key"].as_str().unwrap().to_owned(),
                            in_order(&line["figures"]),
                        )
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(found, expected, "{sheet}");
    }
    let ledger = book.worksheet_range("资金收支").unwrap();
    let found: Vec<_> = ledger.rows().skip(3).map(|row| (text(&row[2]), text(&row[3]), numbers(&row[5..], &MONEY))).collect();
    let expected: Vec<_> = reports
        .iter()
        .flat_map(|report| {
            report["funds"]
                .as_array()
                .unwrap()
                .iter()
                .map(|fund| {
                    let sums = MONEY.map(|name| fund[name].as_i64());
                    (fund["fund_id"].as_str().unwrap().to_owned(), fund["name"].as_str().unwrap().to_owned(), sums.to_vec())
                })
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found, expected);
    let refusals = book.worksheet_range("不予救助").unwrap();
    assert_eq!(text(&refusals.rows().nth(3).unwrap()[1]), "SAME_CAUSE");
}

/// The figures in the order of the columns: amounts that a workbook shows in yuan are fen again.
const ORDER: [&str; 16] = [
    "cases",
    "refused",
    "declined",
    "persons",
    "households",
    "repeated",
    "granted_fen",
    "paid_fen",
    "returned_fen",
    "recovered_fen",
    "held_fen",
    "first_payments",
    "first_payment_median_s",
    "first_payment_p95_s",
    "papers_due",
    "papers_overdue",
];

const MONEY: [&str; 5] = ["opening_fen", "credited_fen", "paid_fen", "closing_fen", "held_fen"];

fn in_order(figures: &Value) -> Vec<Option<i64>> {
    ORDER.map(|name| figures[name].as_i64()).to_vec()
}

fn text(cell: &Data) -> String {
    cell.to_string()
}

/// A number of a workbook; money, in yuan there, is fen again.
fn number(cell: &Data, name: &str) -> Option<i64> {
    let digits = match cell {
        Data::Empty => return None,
        Data::Float(_) | Data::Int(_) => cell.to_string(),
        other => panic!("no number: {other:?}"),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((&digits, ""));
    if !name.ends_with("_fen") {
        assert_eq!(places, "", "{name}");
        return whole.parse().ok();
    }
    format!("{whole}{places:0<2}").parse().ok()
}

/// The numbers of a row or column, by the names of the figures.
fn numbers<'c>(cells: impl IntoIterator<Item = &'c Data>, names: &[&str]) -> Vec<Option<i64>> {
    let found: Vec<_> = cells.into_iter().zip(names).map(|(cell, name)| number(cell, name)).collect();
    assert_eq!(found.len(), names.len());
    found
}

type Lines = Vec<Vec<(String, String)>>;

/// Every line of a CSV with what is not empty in it.
fn lines_of_csv(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let filled = |record: csv::StringRecord| {
        let cells = head.iter().cloned().zip(record.iter().map(str::to_owned));
        cells.filter(|(_, value)| !value.is_empty()).collect()
    };
    sorted(reader.records().map(|record| filled(record.unwrap())).collect())
}

fn sorted(mut lines: Lines) -> Lines {
    lines.iter_mut().for_each(|line| line.sort());
    lines.sort();
    lines
}

fn lines_of_json(reports: &[Value], changes: &Value) -> Lines {
    let texts = |pairs: &[(&str, &Value)]| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let kept = pairs.iter().filter(|(_, value)| !value.is_null());
        // A text that a spreadsheet takes for a formula is quoted in CSV.
        kept.map(|(name, value)| ((*name).to_owned(), text(value).replace("=1+1", "'=1+1"))).collect()
    };
    let figures = |of: &Value| -> Vec<(String, String)> { ORDER.iter().flat_map(|name| texts(&[(name, &of[*name])])).collect() };
    let mut lines = Lines::new();
    for report in reports {
        let period = &report["period"];
        lines.push([texts(&[("period", period), ("section", &json!("total"))]), figures(&report["total"])].concat());
        for section in ["division", "fund", "lane", "cause"] {
            for line in report[format!("by_{section}")].as_array().unwrap() {
                let head = [("period", period), ("section", &json!(section)), ("key", &line["key"]), ("name", &line["name"])];
                lines.push([texts(&head), figures(&line["figures"])].concat());
            }
        }
        for refusal in report["refusals"].as_array().unwrap() {
            let head =
                [("period", period), ("section", &json!("refusal")), ("key", &refusal["code"]), ("cases", &refusal["cases"])];
            lines.push(texts(&head));
        }
        for fund in report["funds"].as_array().unwrap() {
            let mut line =
                texts(&[("period", period), ("section", &json!("ledger")), ("key", &fund["fund_id"]), ("name", &fund["name"])]);
            for name in MONEY {
                line.extend(texts(&[(name, &fund[name])]));
            }
            lines.push(line);
        }
    }
    for change in changes.as_array().unwrap() {
        let head = [("period", &change["to"]), ("section", &json!("change")), ("key", &change["from"])];
        lines.push([texts(&head), figures(&change["figures"])].concat());
    }
    sorted(lines)
}
