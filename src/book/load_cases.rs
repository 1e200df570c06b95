//! Locks and loads what few batches need: cases with their open holds, queues, and what an officer has left overdue.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::session::Session;
use crate::book::{CaseRow, CaseState, Facts, HoldRow, HoldState, Keys, Presence};
use crate::code::Code;
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, HoldId, IncidentId, PaymentId};
use crate::money::Fen;
use crate::policy::{Cause, Lane};
use crate::vault::BlindIndex;

/// Locks cases after everything else. Nothing is sent when the batch names none.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if !keys.locks_cases() {
        return Ok(None);
    }
    let (cases, queues, papers) = (split(&keys.cases), split(&keys.queues), split(&keys.papers_of));
    let params: [&(dyn ToSql + Sync); 6] = [&cases.0, &cases.1, &queues.0, &queues.1, &papers.0, &papers.1];
    session.client.query_one(&session.statements.lock_cases, &params).await.map(Some)
}

/// What is read besides, once the cases are locked: their open holds, in a statement whose snapshot is younger than the locks, and
/// counts of overdue papers.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if !keys.locks_cases() && keys.overdue.is_empty() {
        return Ok(None);
    }
    let (cases, queues, overdue) = (split(&keys.cases), split(&keys.queues), split(&keys.overdue));
    let incidents = split(&keys.papers_of);
    let params: [&(dyn ToSql + Sync); 8] =
        [&cases.0, &cases.1, &queues.0, &queues.1, &overdue.0, &overdue.1, &incidents.0, &incidents.1];
    session.client.query_one(&session.statements.find_cases, &params).await.map(Some)
}

/// Puts what was found among the facts.
pub fn take(facts: &mut Facts, locked: Option<Row>, found: Option<Row>) {
    if let Some(row) = locked {
        facts.cases =
            list::<LockedCase>(&row, "cases").filter_map(LockedCase::row).map(|row| ((row.city, row.id), row)).collect();
    }
    let Some(row) = found else { return };
    for hold in list::<OpenHold>(&row, "holds") {
        facts.holds.entry((hold.city, hold.case_id)).or_default().push(HoldRow::from(hold));
    }
    let (cities, officers, counts): (Vec<City>, Vec<Subject>, Vec<i64>) =
        (row.get("overdue_cities"), row.get("overdue_officers"), row.get("overdue_counts"));
    let (granted_cities, granted): (Vec<City>, Vec<IncidentId>) = (row.get("granted_cities"), row.get("granted_incidents"));
    facts.granted_for = granted_cities.into_iter().zip(granted).collect();
    facts.overdue = cities.into_iter().zip(officers).zip(counts).collect();
}

#[derive(FromSql)]
#[postgres(name = "aid_case")]
struct LockedCase {
    city: City,
    id: CaseId,
    street: Division,
    day: Date,
    ordinal: i32,
    division: Division,
    fund_id: FundId,
    incident_id: IncidentId,
    cause: Cause,
    state: CaseState,
    lane: Lane,
    code: String,
    requested: Fen,
    granted: Fen,
    person: BlindIndex,
    handler: Subject,
    approver: Option<Subject>,
    accepted_at: Timestamp,
    completion_due: Option<Date>,
    completion_due_provisional: bool,
    missing: Vec<String>,
    sealed: bool,
    policy_version: String,
    decision: String,
    question: String,
    payments: String,
    parties: Vec<u8>,
    fund_version: i64,
    members: Vec<BlindIndex>,
    version: i64,
    granted_on: Option<Date>,
    queued: Fen,
    queue_place: Option<i64>,
    options: String,
    review_due: Option<Timestamp>,
}

impl LockedCase {
    /// `None` for a code that this program does not know: it was written by a newer one.
    fn row(self) -> Option<CaseRow> {
        Some(CaseRow {
            presence: Presence::Stored,
            code: Code::ALL.iter().copied().find(|code| code.as_str() == self.code)?,
            city: self.city,
            id: self.id,
            street: self.street,
            day: self.day,
            ordinal: self.ordinal,
            division: self.division,
            fund: self.fund_id,
            incident: self.incident_id,
            cause: self.cause,
            state: self.state,
            lane: self.lane,
            requested: self.requested,
            granted: self.granted,
            person: self.person,
            handler: self.handler,
            approver: self.approver,
            accepted_at: self.accepted_at,
            completion_due: self.completion_due,
            completion_due_provisional: self.completion_due_provisional,
            missing: self.missing,
            sealed: self.sealed,
            policy_version: self.policy_version,
            decision: self.decision,
            question: self.question,
            payments: self.payments,
            parties: Arc::from(self.parties),
            fund_version: self.fund_version,
            members: self.members,
            version: self.version,
            granted_on: self.granted_on,
            queued: self.queued,
            queue_place: self.queue_place,
            options: self.options,
            review_due: self.review_due,
        })
    }
}

/// A case as a statement reads it that returns `aid_case as row`.
pub fn case(row: &Row) -> Option<CaseRow> {
    row.get::<_, LockedCase>("row").row()
}

#[derive(FromSql)]
#[postgres(name = "hold")]
struct OpenHold {
    city: City,
    id: HoldId,
    fund_id: FundId,
    case_id: CaseId,
    payment_id: Option<PaymentId>,
    amount: Fen,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    state: HoldState,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    held_at: Timestamp,
    expires_at: Option<Timestamp>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    resolved_at: Option<Timestamp>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    resolutions: i16,
}

impl From<OpenHold> for HoldRow {
    fn from(row: OpenHold) -> Self {
        Self {
            city: row.city,
            id: row.id,
            fund: row.fund_id,
            case: row.case_id,
            payment: row.payment_id,
            amount: row.amount,
            expires_at: row.expires_at,
        }
    }
}
