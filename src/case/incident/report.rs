//! Reporting an incident, with a case or by itself.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::actor::{Actor, Subject};
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, IncidentRow, Keys, Move, Presence, Rows, Ruling};
use crate::case::incident::IncidentBody;
use crate::case::incident::answer::IncidentAnswer;
use crate::division::Division;
use crate::http::Problem;
use crate::id::{IncidentId, LeafId};
use crate::policy::Cause;
use crate::vault::Vault;

/// A new incident, its place sealed.
#[derive(Clone)]
pub struct Report {
    /// Its identifier.
    pub id: IncidentId,
    /// Where it is reported.
    pub division: Division,
    /// What happened.
    pub cause: Cause,
    /// Where, sealed.
    pub place: Arc<[u8]>,
    /// When.
    pub occurred_at: Timestamp,
    /// The day it ended, when known.
    pub ended_on: Option<Date>,
    /// Whether it belongs to a sealed case.
    pub sealed: bool,
}

/// A place is bound to its incident.
pub(super) fn context(id: IncidentId) -> String {
    format!("incident/{id}")
}

/// Seals a place.
pub(super) fn seal_place(vault: &Vault, id: IncidentId, place: &str) -> Result<Arc<[u8]>, Problem> {
    let sealed = vault.seal(place.as_bytes(), context(id).as_bytes()).map_err(Problem::internal)?;
    Ok(sealed.as_bytes().into())
}

impl Report {
    /// Reads a checked body that names cause, place and time.
    pub fn prepare(body: &IncidentBody, division: Division, sealed: bool, vault: &Vault) -> Result<Self, Problem> {
        let (Some(cause), Some(place), Some(occurred_at)) = (body.cause, &body.place, body.occurred_at) else {
            return Err(Problem::fault("", "an incident needs cause, place and occurred_at"));
        };
        let id = IncidentId::new();
        Ok(Self { id, division, cause, place: seal_place(vault, id, place)?, occurred_at, ended_on: body.ended_on, sealed })
    }

    /// The row it becomes.
    pub fn row(&self, reporter: &Subject, now: Timestamp) -> IncidentRow {
        IncidentRow {
            presence: Presence::New,
            city: self.division.city(),
            id: self.id,
            division: self.division,
            cause: self.cause,
            place: self.place.clone(),
            occurred_at: self.occurred_at,
            ended_on: self.ended_on,
            sealed: self.sealed,
            version: 1,
            reported_by: reporter.clone(),
            reported_at: now,
        }
    }
}

/// `POST /v1/incidents`
pub struct ReportIncident {
    pub actor: Arc<Actor>,
    pub report: Report,
    pub leaf: LeafId,
}

impl Move for ReportIncident {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        let row = self.report.row(&self.actor.subject, facts.now());
        let said = Reported { cause: row.cause, division: row.division, incident_id: row.id };
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        // A stored answer holds no personal data; a place may be somebody's home.
        let answer = Answer::json(201, &IncidentAnswer::of(&row, None)).versioned(row.version);
        Ruling::Done(Box::new(Rows { incident: Some(row), leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

#[derive(Serialize)]
struct Reported {
    cause: Cause,
    division: Division,
    incident_id: IncidentId,
}

impl audit::Body for Reported {
    const KIND: &'static str = "incident.reported";
}
