//! What every first answer of a case writes: its number, its incident, its row.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::{CaseRow, CaseState, CounterRow, IncidentRow, Presence, Rules};
use crate::case::answer::{CaseAnswer, WayOut};
use crate::case::matter::Matter;
use crate::case::payment::Payment;
use crate::case::request::{IncidentChoice, Request};
use crate::division::{City, Division};
use crate::http::Countersigned;
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Deadline, Lane, Policy};

/// How far a case is with its first answer.
pub struct Opening<'a> {
    pub state: CaseState,
    pub deadline: Option<Deadline>,
    pub missing: Vec<String>,
    pub payments: &'a [Payment],
    pub ways_out: Vec<WayOut>,
    pub fund_version: i64,
}

/// The street of a case: bodies name a street or a community, and both have one.
pub fn street(request: &Request) -> Division {
    request.division.street().unwrap_or(request.division)
}

/// The number that a counter has reached.
pub fn number(counter: &CounterRow) -> CaseNumber {
    CaseNumber { street: counter.street, day: counter.day, ordinal: counter.last }
}

/// The incident, when the case reports it.
pub fn new_incident(matter: &Matter) -> Option<IncidentRow> {
    match &matter.request.incident {
        IncidentChoice::New(report) => Some(report.row(&matter.request.actor.subject, matter.facts.now())),
        IncidentChoice::Reported(_) => None,
    }
}

/// The countersign, used up.
pub fn spent(request: &Request) -> Option<(City, [u8; 16])> {
    match &request.countersigned {
        Countersigned::By(countersign) => Some((request.division.city(), countersign.short_token())),
        Countersigned::No | Countersigned::Invalid(_) => None,
    }
}

/// Papers that follow, and until when.
pub fn completion(
    rules: &Rules,
    policy: &Policy,
    lane: Lane,
    (ended_on, accepted): (Option<Date>, Date),
) -> (Option<Deadline>, Vec<String>) {
    let papers = match lane {
        Lane::Quick => policy.quick.as_ref().map(|quick| quick.papers.clone()).unwrap_or_default(),
        Lane::Advance | Lane::County | Lane::OtherScheme => policy.advance.papers.clone(),
    };
    let deadline = (!papers.is_empty()).then(|| deadline(rules, policy, ended_on, accepted));
    (deadline, papers)
}

/// Counted from the incident's end, or from acceptance while that is not known. Papers of an incident that ended long before are
/// overdue at once: they could have been brought along.
pub fn deadline(rules: &Rules, policy: &Policy, ended_on: Option<Date>, accepted: Date) -> Deadline {
    rules.calendar.after(ended_on.unwrap_or(accepted), policy.completion.working_days)
}

/// Until when somebody else must look at what one officer decided alone.
fn review_due(matter: &Matter, state: CaseState) -> Option<Timestamp> {
    let alone = second(matter.request).is_none() && state != CaseState::Accepted && matter.decision.grants();
    review_by(&matter.policy, matter.decision.lane, matter.facts.now()).filter(|_| alone)
}

/// Until when a grant of one officer alone is looked at, where its lane lets one decide alone.
pub fn review_by(policy: &Policy, lane: Lane, now: Timestamp) -> Option<Timestamp> {
    let quick = policy.quick.as_ref().filter(|quick| lane == Lane::Quick && quick.review_hours > 0)?;
    now.checked_add(i64::from(quick.review_hours).hours()).ok()
}

/// The other officer who signed.
fn second(request: &Request) -> Option<crate::actor::Subject> {
    match &request.countersigned {
        Countersigned::By(countersign) if countersign.officer != request.actor.subject => Some(countersign.officer.clone()),
        Countersigned::By(_) | Countersigned::No | Countersigned::Invalid(_) => None,
    }
}

/// The row of a case with its first answer.
pub fn row(matter: &Matter, number: &CaseNumber, opening: Opening) -> CaseRow {
    let (request, decision) = (matter.request, &matter.decision);
    let granted = if opening.state == CaseState::Accepted { Fen::ZERO } else { decision.granted_fen };
    CaseRow {
        presence: Presence::New,
        city: request.division.city(),
        id: request.case,
        street: number.street,
        day: number.day,
        ordinal: number.ordinal,
        division: request.division,
        fund: matter.fund.id,
        incident: matter.incident,
        cause: matter.cause,
        state: opening.state,
        lane: decision.lane,
        code: decision.code,
        requested: decision.requested_fen,
        granted,
        person: request.person,
        handler: request.actor.subject.clone(),
        approver: second(request),
        accepted_at: matter.facts.now(),
        completion_due: opening.deadline.map(|deadline| deadline.day),
        completion_due_provisional: opening.deadline.is_some_and(|deadline| deadline.provisional),
        missing: opening.missing,
        sealed: request.sealed,
        policy_version: decision.policy_version.clone(),
        decision: json(decision),
        question: json(&matter.question),
        payments: json(opening.payments),
        parties: request.parties.clone(),
        fund_version: opening.fund_version,
        members: request.household.clone(),
        version: 1,
        granted_on: granted.is_some().then_some(matter.day),
        queued: Fen::ZERO,
        queue_place: None,
        options: json(&opening.ways_out),
        review_due: review_due(matter, opening.state),
    }
}

/// Plain structs of strings and numbers: writing them to memory does not fail.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl From<&CaseRow> for CaseAnswer {
    fn from(case: &CaseRow) -> Self {
        Self {
            id: case.id,
            number: CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal },
            state: case.state,
            incident_id: case.incident,
            completion_due: case.completion_due,
            completion_due_provisional: case.completion_due_provisional,
            missing: case.missing.clone(),
        }
    }
}
