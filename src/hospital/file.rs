//! A file of hospitals: CSV or NDJSON, all of it or nothing.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::book::Desk;
use crate::division::City;
use crate::hospital::body::HospitalBody;
use crate::hospital::register::{Outcome, locked, register};
use crate::http::{Body as _, Faults};
use crate::identity::CreditCode;

/// A line of a CSV file: deposits as `default=190000;K35=250000`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    code: String,
    name: String,
    division: String,
    registration: u8,
    consultation: u8,
    examination: u8,
    drugs: u8,
    bed: u8,
    deposits: String,
    #[serde(default)]
    effective_from: Option<String>,
}

/// Registers every hospital of a file in one transaction. Returns how many there are, and how many of them were new or changed.
pub async fn import(desk: &mut Desk, subject: &str, text: &str) -> anyhow::Result<(usize, usize)> {
    let all = read(text)?;
    let transaction = desk.transaction().await?;
    let mut changed = 0;
    for (number, code, body) in &all {
        let at = |problem: crate::http::Problem| {
            let place = problem.errors().first().map(|fault| fault.pointer.clone()).unwrap_or_default();
            anyhow::anyhow!("line {number}{place}: {}", problem.detail())
        };
        let before = locked(&transaction, body.division.city(), code).await.map_err(at)?;
        let outcome = register(&transaction, subject, code, body, before).await.map_err(at)?;
        changed += usize::from(!matches!(outcome, Outcome::Same(_)));
    }
    transaction.commit().await?;
    Ok((all.len(), changed))
}

/// The hospitals of a file, sorted by city and code: locks are taken in one order. Lines are counted from one.
fn read(text: &str) -> anyhow::Result<Vec<(usize, CreditCode, HospitalBody)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = if text.trim_start().starts_with('{') { objects(text)? } else { records(text)? };
    let mut all = BTreeMap::<(City, CreditCode), (usize, HospitalBody)>::new();
    for (number, mut line) in lines {
        let code = line.as_object_mut().and_then(|line| line.remove("code"));
        let code = code.as_ref().and_then(Value::as_str).with_context(|| format!("line {number}: code is missing"))?;
        let code = CreditCode::parse(code).with_context(|| format!("line {number}"))?;
        let body: HospitalBody = serde_json::from_value(line).with_context(|| format!("line {number}"))?;
        let mut faults = Faults::default();
        body.check(&mut faults);
        if let Err(problem) = faults.verdict() {
            let place = problem.errors().first().map(|fault| fault.pointer.clone()).unwrap_or_default();
            bail!("line {number}{place}: {}", problem.detail());
        }
        if all.insert((body.division.city(), code.clone()), (number, body)).is_some() {
            bail!("line {number}: {code} stands in an earlier line");
        }
    }
    if all.is_empty() {
        bail!("the file holds no hospital");
    }
    Ok(all.into_iter().map(|((_, code), (number, body))| (number, code, body)).collect())
}

fn objects(text: &str) -> anyhow::Result<Vec<(usize, Value)>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| Ok((number, serde_json::from_str(line).with_context(|| format!("line {number}"))?))).collect()
}

fn records(text: &str) -> anyhow::Result<Vec<(usize, Value)>> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize::<Line>();
    (2..)
        .zip(rows)
        .map(|(number, line)| {
            let line = line.with_context(|| format!("line {number}"))?;
            let deposits =
                deposits(&line.deposits).with_context(|| format!("line {number}: deposits read default=190000;K35=250000"))?;
            let discounts = json!({
                "registration": line.registration, "consultation": line.consultation, "examination": line.examination,
                "drugs": line.drugs, "bed": line.bed
            });
            let from = line.effective_from.filter(|day| !day.is_empty());
            let body = json!({
                "code": line.code, "name": line.name, "division": line.division, "discounts": discounts, "deposits": deposits,
                "effective_from": from
            });
            Ok((number, body))
        })
        .collect()
}

fn deposits(text: &str) -> Option<BTreeMap<String, i64>> {
    let mut all = BTreeMap::new();
    for pair in text.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, fen) = pair.rsplit_once('=')?;
        if all.insert(name.trim().to_owned(), fen.trim().parse().ok()?).is_some() {
            return None;
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "code,name,division,registration,consultation,examination,drugs,bed,deposits,effective_from\n";
    const GOOD: &str = "11341729003258285D,市一院,340304,100,100,20,5,30,default=190000;K35=250000,2026-01-01\n";

    #[test]
    fn a_file_of_either_form_holds_hospitals() {
        let of_csv = read(&format!("{HEAD}{GOOD}")).unwrap();
        let object = json!({
            "code": "11341729003258285D", "name": "市一院", "division": "340304",
            "discounts": {"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30},
            "deposits": {"default": 190_000, "K35": 250_000}, "effective_from": "2026-01-01"
        });
        let of_json = read(&format!("\n{object}\n")).unwrap();
        for all in [of_csv, of_json] {
            let [(2, code, body)] = &all[..] else { panic!("{all:?}") };
            assert_eq!((code.as_str(), body.discounts.examination), ("11341729003258285D", 20));
            assert_eq!(body.deposits().of(Some("K35")).get(), 250_000);
        }
    }

    #[test]
    fn a_file_with_anything_wrong_holds_none() {
        for (from, to) in [
            ("285D", "2850"),
            ("340304", "34030"),
            (",100,", ",101,"),
            (",5,", ",-5,"),
            ("default=", "others="),
            ("K35=250000", "K35"),
            ("K35=", "default="),
            ("K35=250000", "K35=-1"),
            ("2026-01-01", "2026-1-1"),
        ] {
            assert!(read(&format!("{HEAD}{}", GOOD.replacen(from, to, 1))).is_err(), "{from} as {to}");
        }
        for wrong in ["", HEAD, &format!("{HEAD}{GOOD}{GOOD}"), "{}", "{\"code\": 7}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
