//! Changing an incident: its end becomes known, or its cause, place or time was wrong. With the end the deadlines of its cases move.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, CaseRow, Facts, IncidentRow, Keys, Move, Rows, Ruling};
use crate::case::incident::access::near;
use crate::case::incident::answer::IncidentAnswer;
use crate::case::opened;
use crate::code::Code;
use crate::http::{IfMatch, Patch, Problem};
use crate::id::{CaseId, IncidentId, LeafId};
use crate::policy::Cause;
use crate::time::day;

/// `PATCH /v1/incidents/{incident}`
pub struct ChangeIncident {
    pub actor: Arc<Actor>,
    pub id: IncidentId,
    pub if_match: IfMatch,
    pub cause: Option<Cause>,
    pub place: Option<Arc<[u8]>>,
    pub occurred_at: Option<Timestamp>,
    pub ended_on: Patch<Date>,
    pub leaf: LeafId,
}

impl Move for ChangeIncident {
    fn keys(&self, keys: &mut Keys) {
        keys.incident(self.actor.city(), self.id);
        keys.papers_of(self.actor.city(), self.id);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(found) = facts.incident(self.actor.city(), self.id) else {
            return Ruling::rejected(Problem::outside_scope(self.actor.scope));
        };
        if !near(&self.actor, found) || (found.sealed && found.reported_by != self.actor.subject) {
            return Ruling::rejected(Problem::outside_scope(found.division));
        }
        if self.if_match != IfMatch::Version(found.version.unsigned_abs()) {
            return Ruling::rejected(Problem::new(
                Code::PreconditionFailed,
                format!("the incident is at version {}", found.version),
            ));
        }
        // A grant counts for the cause it was given for: another cause afterwards would open the window a second time.
        if self.cause.is_some_and(|cause| cause != found.cause) && facts.has_grants(found.city, found.id) {
            let problem = Problem::new(Code::Conflict, "cases were granted for this cause; it can not become another one");
            return Ruling::rejected(problem);
        }
        let mut row = found.clone();
        row.cause = self.cause.unwrap_or(row.cause);
        row.place = self.place.clone().unwrap_or(row.place);
        row.occurred_at = self.occurred_at.unwrap_or(row.occurred_at);
        row.ended_on = self.ended_on.over(row.ended_on);
        if row.ended_on.is_some_and(|ended| ended < day(row.occurred_at)) {
            return Ruling::rejected(Problem::fault("/ended_on", "an incident does not end before it occurs"));
        }
        row.version = row.version.saturating_add(1);
        let cases = moved_deadlines(facts, &row);
        let said = Changed {
            cases: cases.iter().filter_map(|case| Some((case.id, case.completion_due?))).collect(),
            cause: row.cause,
            ended_on: row.ended_on,
            incident_id: row.id,
            version: row.version,
        };
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = Answer::json(200, &IncidentAnswer::of(&row, None)).versioned(row.version);
        Ruling::Done(Box::new(Rows { incident: Some(row), cases, leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

/// The cases whose papers are due another day, now that the incident has ended, or has not: each by the rules it was decided by.
fn moved_deadlines(facts: &Facts, incident: &IncidentRow) -> Vec<CaseRow> {
    let rules = facts.rules();
    let moved = |case: &CaseRow| {
        let policy = rules.policies.named(&case.policy_version)?;
        let deadline = opened::deadline(rules, policy, incident.ended_on, case.day);
        let mut case = case.clone();
        if case.completion_due == Some(deadline.day) && case.completion_due_provisional == deadline.provisional {
            return None;
        }
        case.completion_due = Some(deadline.day);
        case.completion_due_provisional = deadline.provisional;
        case.version = case.version.saturating_add(1);
        Some(case)
    };
    facts.missing_papers(incident.city, incident.id).filter_map(moved).collect()
}

#[derive(Serialize)]
struct Changed {
    cases: Vec<(CaseId, Date)>,
    cause: Cause,
    ended_on: Option<Date>,
    incident_id: IncidentId,
    version: i64,
}

impl audit::Body for Changed {
    const KIND: &'static str = "incident.changed";
}
