//! Imports of reference data, each in one transaction with its audit leaf.

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio_postgres::{Client, Transaction};

use crate::audit::{self, Leaf, sha256_hex};
use crate::book::LeafRecord;
use crate::division::{City, Division};
use crate::id::LeafId;
use crate::policy::{Calendar, DayKind, Policy};

/// The log that holds what is of no single city.
const EVERYWHERE: &str = "0000";

#[derive(Serialize)]
struct Imported<'a> {
    file_sha256: String,
    id: &'a str,
    rows: u64,
}

impl audit::Body for Imported<'_> {
    const KIND: &'static str = "reference.imported";
}

/// Imports a policy version. The same again is no change; another text under the same id is refused.
pub async fn policy(client: &mut Client, text: &str) -> anyhow::Result<Policy> {
    let policy = Policy::parse(text)?;
    let transaction = client.transaction().await?;
    let day = policy.effective_from;
    let sql = include_str!("../../sql/policy/import_version.sql");
    let rows = transaction.execute(sql, &[&policy.id, &policy.division, &day, &text]).await?;
    if rows == 0 {
        bail!("policy {} was imported with another text: a version is never changed, give the new rules a new id", policy.id);
    }
    record(&transaction, &policy.id, text, rows).await?;
    transaction.commit().await?;
    Ok(policy)
}

/// Imports calendar days. Returns how many, and the last announced day.
pub async fn calendar(client: &mut Client, text: &str) -> anyhow::Result<(usize, Date)> {
    let calendar = Calendar::parse(text).map_err(anyhow::Error::msg)?;
    let (from, until) = calendar.known().context("the calendar is empty")?;
    let (days, kinds): (Vec<Date>, Vec<DayKind>) = calendar.exceptions().unzip();
    let transaction = client.transaction().await?;
    transaction.execute(include_str!("../../sql/policy/import_days.sql"), &[&days, &kinds]).await?;
    transaction.execute(include_str!("../../sql/policy/import_span.sql"), &[&from, &until]).await?;
    record(&transaction, "calendar", text, days.len() as u64).await?;
    transaction.commit().await?;
    Ok((days.len(), until))
}

#[derive(Deserialize)]
struct DivisionLine {
    code: Division,
    name: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

/// Imports divisions. Returns how many.
pub async fn divisions(client: &mut Client, text: &str) -> anyhow::Result<usize> {
    let mut lines = Vec::new();
    for (line, row) in csv::Reader::from_reader(text.as_bytes()).deserialize::<DivisionLine>().enumerate() {
        lines.push(row.with_context(|| format!("line {}", line + 2))?);
    }
    let codes: Vec<Division> = lines.iter().map(|line| line.code).collect();
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    let from: Vec<Option<Date>> = lines.iter().map(|line| line.valid_from).collect();
    let to: Vec<Option<Date>> = lines.iter().map(|line| line.valid_to).collect();
    let transaction = client.transaction().await?;
    transaction.execute(include_str!("../../sql/policy/import_divisions.sql"), &[&codes, &names, &from, &to]).await?;
    record(&transaction, "divisions", text, lines.len() as u64).await?;
    transaction.commit().await?;
    Ok(lines.len())
}

async fn record(transaction: &Transaction<'_>, id: &str, text: &str, rows: u64) -> anyhow::Result<()> {
    let now: Timestamp = transaction.query_one(include_str!("../../sql/book/now.sql"), &[]).await?.get("now");
    let city: City = EVERYWHERE.parse()?;
    let said = Imported { file_sha256: sha256_hex(text.as_bytes()), id, rows };
    let leaf = Leaf::new(city, LeafId::new(), now, "jiujinan#import", &said);
    let leaves = vec![LeafRecord::of(&leaf, now)];
    transaction.execute(include_str!("../../sql/book/insert_leaves.sql"), &[&leaves]).await?;
    Ok(())
}
