//! An incident with its cases: several families of one fire are several cases of one incident.

use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::book::CaseState;
use crate::case::incident::answer::IncidentAnswer;
use crate::http::Problem;
use crate::id::{CaseId, IncidentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::reads::Readers;

/// Cases of one view at most; the sums are of those.
const CASES_MAX: i64 = 1000;

/// `200` of `GET /v1/incidents/{incident}`
#[derive(Serialize, utoipa::ToSchema)]
pub struct IncidentDetail {
    #[serde(flatten)]
    incident: IncidentAnswer,
    /// Its cases in the caller's scope, the oldest first, at most 1000; sealed ones are not among them.
    cases: Vec<IncidentCase>,
    /// Over these cases.
    totals: IncidentTotals,
}

/// One case of an incident.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IncidentCase {
    id: CaseId,
    number: CaseNumber,
    state: CaseState,
    /// Persons of the household, the applicant included.
    persons: i32,
    requested_fen: Fen,
    granted_fen: Fen,
    paid_fen: Fen,
    queued_fen: Fen,
}

/// Sums over the cases of an incident.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct IncidentTotals {
    cases: usize,
    persons: i64,
    requested_fen: Fen,
    granted_fen: Fen,
    paid_fen: Fen,
}

/// The cases of an incident with their sums.
pub async fn view(readers: &Readers, actor: &Actor, id: IncidentId, incident: IncidentAnswer) -> Result<IncidentDetail, Problem> {
    let sql = include_str!("../../../sql/incident/cases.sql");
    let cases: Vec<IncidentCase> =
        readers.all(actor, sql, &[&actor.city(), &id, &CASES_MAX]).await?.iter().map(IncidentCase::from).collect();
    let sum = |of: fn(&IncidentCase) -> Fen| {
        Fen::sum(cases.iter().map(of)).ok_or_else(|| Problem::internal("the sums of an incident leave 64 bits"))
    };
    let totals = IncidentTotals {
        cases: cases.len(),
        persons: cases.iter().map(|case| i64::from(case.persons)).sum(),
        requested_fen: sum(|case| case.requested_fen)?,
        granted_fen: sum(|case| case.granted_fen)?,
        paid_fen: sum(|case| case.paid_fen)?,
    };
    Ok(IncidentDetail { incident, cases, totals })
}

impl From<&Row> for IncidentCase {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            number: CaseNumber { street: row.get("street"), day: row.get("day"), ordinal: row.get("ordinal") },
            state: row.get("state"),
            persons: row.get("persons"),
            requested_fen: row.get("requested"),
            granted_fen: row.get("granted"),
            paid_fen: row.get("paid"),
            queued_fen: row.get("queued"),
        }
    }
}
