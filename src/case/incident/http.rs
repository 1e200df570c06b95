//! The edge of incidents.

use actix_web::web::Data;
use actix_web::{get, patch, post};

use crate::book::{Book, Key};
use crate::case::http::{CaseReaders, Window};
use crate::case::incident::answer::IncidentAnswer;
use crate::case::incident::body::{ChangeBody, IncidentBody, ReportBody};
use crate::case::incident::change::ChangeIncident;
use crate::case::incident::find;
use crate::case::incident::report::{Report, ReportIncident, seal_place};
use crate::case::incident::view::{IncidentDetail, view};
use crate::case::seen::{Look, record};
use crate::code::Code;
use crate::http::{Call, Change, NoQuery, Problem, Read, Reply};
use crate::id::{IncidentId, LeafId};
use crate::reads::Readers;
use crate::vault::Vault;

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

/// One incident with its cases and their sums. The read is recorded.
#[utoipa::path(tag = "incidents", params(("incident" = IncidentId, Path)), responses((status = 200, body = IncidentDetail)))]
#[get("/incidents/{incident}")]
async fn get_incident(
    read: Read<CaseReaders, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (row, place) = find::find(&readers, &vault, &read.actor, read.path_id("incident")?).await?;
    let detail = view(&readers, &read.actor, row.id, IncidentAnswer::of(&row, Some(place))).await?;
    record(&book, &read.actor, Look::Incident(row.id)).await?;
    Ok(Reply::json(200, &detail)?.etag(row.version.unsigned_abs()))
}

/// Changes an incident.
#[utoipa::path(
    tag = "incidents", request_body = ChangeBody,
    params(("incident" = IncidentId, Path), ("If-Match" = String, Header, description = "version it was read at")),
    responses((status = 200, body = IncidentAnswer))
)]
#[patch("/incidents/{incident}")]
async fn patch_incident(change: Change<Window, ChangeBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let id: IncidentId = change.path_id("incident")?;
    let Some(if_match) = change.if_match else {
        return Err(Problem::new(Code::PreconditionRequired, "an incident changes with If-Match"));
    };
    let place = change.body.place.as_deref().map(|place| seal_place(&vault, id, place)).transpose()?;
    let city = change.actor.city();
    let action = ChangeIncident {
        actor: change.actor,
        id,
        if_match,
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
