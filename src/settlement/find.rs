//! One settlement with what was said of it, for its hospital, finance and auditors.

use std::sync::Arc;

use jiff::Timestamp;

use crate::actor::Actor;
use crate::book::Book;
use crate::http::Problem;
use crate::id::SettlementId;
use crate::reads::Readers;
use crate::settlement::answer::{EventAnswer, SettlementAnswer, SettlementDetail};
use crate::settlement::patient::Patient;
use crate::settlement::seen::record;
use crate::settlement::target::{read, split_of};
use crate::time::{day, rfc3339};
use crate::vault::Vault;

/// Events in one answer.
const EVENTS_MAX: i64 = 1_000;

/// Finds a settlement, and records that it was looked at before it is shown.
pub async fn find(
    readers: &Readers,
    vault: &Vault,
    book: &Book,
    actor: &Arc<Actor>,
    id: SettlementId,
) -> Result<SettlementDetail, Problem> {
    let row = read(readers, actor, id).await?;
    let split = split_of(&row).ok_or_else(|| Problem::internal("the parts of a settlement can not be read"))?;
    let patient = Patient::open(vault, row.id, &row.patient)?.masked(day(Timestamp::now()));
    let events = readers.all(actor, include_str!("../../sql/settlement/events.sql"), &[&row.city, &row.id, &EVENTS_MAX]).await?;
    record(book, actor, row.id).await?;
    Ok(SettlementDetail {
        settlement: SettlementAnswer::of(&row, &split, &book.rules()),
        hospital: row.hospital,
        division: row.division,
        visit_no: row.visit_no,
        patient,
        settled_at: rfc3339(row.settled_at),
        version: row.version,
        events: events.iter().map(EventAnswer::read).collect(),
    })
}
