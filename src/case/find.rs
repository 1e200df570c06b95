//! One case, for those in whose scope it lies.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::{Actor, Role, Subject};
use crate::book::Book;
use crate::case::answer::PaymentAnswer;
use crate::case::payment::Payment;
use crate::case::seen::{Look, record};
use crate::case::summary::{CaseSummary, View};
use crate::http::Problem;
use crate::id::CaseId;
use crate::policy::Decision;
use crate::reads::Readers;
use crate::time::rfc3339;
use crate::vault::Vault;

/// `200` of `GET /v1/cases/{case}`
#[derive(Serialize, utoipa::ToSchema)]
pub struct CaseDetail {
    #[serde(flatten)]
    summary: CaseSummary,
    /// The decision with every limit compared.
    decision: Decision,
    /// Its payments.
    payments: Vec<PaymentAnswer>,
    /// When its people turned out to be others, the first first.
    identity_merges: Vec<MergedIdentity>,
}

/// That a temporary identity was merged into a real one.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MergedIdentity {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By whom.
    officer: String,
    /// When that was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    undone_at: Option<String>,
}

/// Finds a case, and records that it was looked at before it is shown.
pub async fn find(readers: &Readers, vault: &Vault, book: &Book, actor: &Arc<Actor>, id: CaseId) -> Result<CaseDetail, Problem> {
    let row = open(readers, book, actor, include_str!("../../sql/case/find.sql"), id).await?;
    let summary = CaseSummary::read(&row, vault, View::of(actor))?;
    let payments: Vec<Payment> = serde_json::from_str(row.get("payments")).map_err(Problem::internal)?;
    let decision = serde_json::from_str(row.get("decision")).map_err(Problem::internal)?;
    record(book, actor, if row.get("sealed") { Look::Sealed(id) } else { Look::Case(id) }).await?;
    let payments = payments.iter().map(PaymentAnswer::from).collect();
    Ok(CaseDetail { summary, decision, payments, identity_merges: merges(&row) })
}

fn merges(row: &Row) -> Vec<MergedIdentity> {
    let (times, officers): (Vec<Timestamp>, Vec<String>) = (row.get("merge_times"), row.get("merge_officers"));
    let undone: Vec<Option<Timestamp>> = row.get("merges_undone");
    let merges = times.into_iter().zip(officers).zip(undone);
    let show = |((at, officer), undone): ((_, _), Option<_>)| MergedIdentity {
        at: rfc3339(at),
        officer,
        undone_at: undone.map(rfc3339),
    };
    merges.map(show).collect()
}

/// The row of a case, by a statement that takes city and id. A sealed case exists only for its own officers and for auditors.
pub async fn open(readers: &Readers, book: &Book, actor: &Arc<Actor>, sql: &'static str, id: CaseId) -> Result<Row, Problem> {
    let row = readers.optional(actor, sql, &[&actor.city(), &id]).await?;
    // Row security hides what lies outside the scope: the look is recorded as denied whether anything is there or not.
    let row = row.ok_or_else(|| Problem::outside_scope(actor.scope))?;
    let own = [Some(row.get::<_, Subject>("handler")), row.get("approver")]
        .into_iter()
        .flatten()
        .any(|officer| officer == actor.subject);
    let sealed: bool = row.get("sealed");
    if sealed && !own && !actor.roles.has(Role::Auditor) {
        record(book, actor, Look::SealedDenied(id)).await?;
        return Err(Problem::outside_scope(row.get("division")));
    }
    Ok(row)
}
