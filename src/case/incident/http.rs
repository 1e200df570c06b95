//! The edge of incidents.

use actix_web::web::Data;
use actix_web::{get, patch, post};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::book::{Book, IncidentRow, Key};
use crate::case::http::{CaseReaders, Window};
use crate::case::incident::change::ChangeIncident;
use crate::case::incident::find;
use crate::case::incident::report::{Report, ReportIncident, seal_place};
use crate::division::Division;
use crate::http::{Body, Call, Change, Faults, NoQuery, Patch, Problem, Read, Reply, Text};
use crate::id::{IncidentId, LeafId};
use crate::policy::Cause;
use crate::reads::Readers;
use crate::time::{day, rfc3339};
use crate::vault::Vault;

/// An incident: a new one by cause, place and time, or `{"id": …}` of one reported before.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentBody {
    /// One reported before; then nothing else is named.
    #[serde(default)]
    pub id: Option<IncidentId>,
    /// What happened.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Where; kept sealed.
    #[serde(default)]
    pub place: Option<Text<200>>,
    /// When.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    /// The day it ended, when known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
}

/// `POST /v1/incidents`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// What happened.
    pub cause: Cause,
    /// Where; kept sealed.
    pub place: Text<200>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// The day it ended, when known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
}

/// `PATCH /v1/incidents/{incident}`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// What happened.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Where; kept sealed.
    #[serde(default)]
    pub place: Option<Text<200>>,
    /// When.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    /// The day it ended; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Patch<Date>,
}

/// An incident as answered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IncidentAnswer {
    id: IncidentId,
    division: Division,
    cause: Cause,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(value_type = Option<String>, format = Date)]
    ended_on: Option<Date>,
    sealed: bool,
    version: i64,
    #[schema(format = DateTime)]
    reported_at: String,
}

impl IncidentAnswer {
    /// An incident, with its place for those who may see it.
    pub fn of(row: &IncidentRow, place: Option<String>) -> Self {
        Self {
            id: row.id,
            division: row.division,
            cause: row.cause,
            place,
            occurred_at: rfc3339(row.occurred_at),
            ended_on: row.ended_on,
            sealed: row.sealed,
            version: row.version,
            reported_at: rfc3339(row.reported_at),
        }
    }
}

impl IncidentBody {
    /// Checks it as a part of another body.
    pub fn check(&self, pointer: &str, faults: &mut Faults) {
        let named = self.cause.is_some() || self.place.is_some() || self.occurred_at.is_some() || self.ended_on.is_some();
        match self.id {
            Some(_) if named => faults.add(pointer, "an incident is named by its id or described, not both"),
            Some(_) => {}
            None => {
                for (missing, name) in [
                    (self.cause.is_none(), "cause"),
                    (self.place.is_none(), "place"),
                    (self.occurred_at.is_none(), "occurred_at"),
                ] {
                    if missing {
                        faults.add(format!("{pointer}/{name}"), "a new incident needs cause, place and occurred_at");
                    }
                }
            }
        }
        check_times(pointer, self.occurred_at, self.ended_on, faults);
    }
}

/// Clocks of windows differ from ours by up to a day; an incident lies in this century or the last.
fn check_times(pointer: &str, occurred_at: Option<Timestamp>, ended_on: Option<Date>, faults: &mut Faults) {
    let limit = Timestamp::now().checked_add(24.hours()).unwrap_or(Timestamp::MAX);
    if occurred_at.is_some_and(|at| at > limit || day(at).year() < 1900) {
        faults.add(format!("{pointer}/occurred_at"), "a moment since 1900 that is not in the future is needed");
    }
    if ended_on.is_some_and(|ended| ended > day(limit) || ended.year() < 1900 || occurred_at.is_some_and(|at| ended < day(at))) {
        faults.add(format!("{pointer}/ended_on"), "a day from the incident to today is needed");
    }
}

impl Body for ReportBody {
    fn check(&self, faults: &mut Faults) {
        check_times("", Some(self.occurred_at), self.ended_on, faults);
    }
}

impl Body for ChangeBody {
    fn check(&self, faults: &mut Faults) {
        let ended = if let Patch::Value(day) = self.ended_on { Some(day) } else { None };
        check_times("", self.occurred_at, ended, faults);
    }
}

/// Reports an incident, so that several cases can name it.
///
/// It lies in the division of the reporting officer.
#[utoipa::path(tag = "incidents", request_body = ReportBody, responses((status = 201, body = IncidentAnswer)))]
#[post("/incidents")]
async fn post_incident(call: Call<Window, ReportBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let body = IncidentBody {
        id: None,
        cause: Some(call.body.cause),
        place: Some(call.body.place),
        occurred_at: Some(call.body.occurred_at),
        ended_on: call.body.ended_on,
    };
    let report = Report::prepare(&body, call.actor.scope, false, &vault)?;
    let city = call.actor.city();
    book.play(city, Key::Of(call.key), ReportIncident { actor: call.actor, report, leaf: LeafId::new() }).await
}

/// One incident.
#[utoipa::path(tag = "incidents", params(("incident" = IncidentId, Path)), responses((status = 200, body = IncidentAnswer)))]
#[get("/incidents/{incident}")]
async fn get_incident(read: Read<CaseReaders, NoQuery>, readers: Data<Readers>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let (row, place) = find::find(&readers, &vault, &read.actor, read.path_id("incident")?).await?;
    Ok(Reply::json(200, &IncidentAnswer::of(&row, Some(place)))?.etag(row.version.unsigned_abs()))
}

/// Changes an incident.
#[utoipa::path(
    tag = "incidents", request_body = ChangeBody,
    params(("incident" = IncidentId, Path), ("If-Match" = Option<String>, Header, description = "version it was read at")),
    responses((status = 200, body = IncidentAnswer))
)]
#[patch("/incidents/{incident}")]
async fn patch_incident(change: Change<Window, ChangeBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let id: IncidentId = change.path_id("incident")?;
    let place = change.body.place.as_deref().map(|place| seal_place(&vault, id, place)).transpose()?;
    let city = change.actor.city();
    let action = ChangeIncident {
        actor: change.actor,
        id,
        if_match: change.if_match,
        cause: change.body.cause,
        place,
        occurred_at: change.body.occurred_at,
        ended_on: change.body.ended_on,
        leaf: LeafId::new(),
    };
    book.play(city, Key::Own, action).await
}

/// Routes of incidents.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_incident).service(get_incident).service(patch_incident);
}
