//! The edge of the hospitals.

use actix_web::web::Data;
use actix_web::{get, put};

use crate::actor::{Actor, Role, Roles};
use crate::book::{Aside, Book, fallen};
use crate::division::Division;
use crate::hospital::answer::HospitalAnswer;
use crate::hospital::body::HospitalBody;
use crate::hospital::register::{Outcome, Stored, locked, register, stored};
use crate::http::{Access, Change, NoQuery, Problem, Read, Reply};
use crate::identity::CreditCode;
use crate::reads::Readers;

/// Who registers hospitals.
pub struct Registrars;

impl Access for Registrars {
    const ROLES: Roles = Roles::of(&[Role::Admin]);
}

/// Who may look: a hospital only at itself.
pub struct HospitalReaders;

impl Access for HospitalReaders {
    const ROLES: Roles = Roles::of(&[Role::Hospital, Role::Finance, Role::Auditor, Role::Admin]);
}

/// What was agreed with a hospital last. A hospital sees itself.
#[utoipa::path(
    tag = "hospitals", params(("code" = String, Path, description = "unified social credit code")),
    responses((status = 200, body = HospitalAnswer))
)]
#[get("/hospitals/{code}")]
async fn get_hospital(read: Read<HospitalReaders, NoQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    let code: CreditCode = read.path_value("code")?;
    if !may_see(&read.actor, &code) {
        return Err(Problem::outside_scope(read.actor.scope));
    }
    let sql = include_str!("../../sql/hospital/newest.sql");
    let row = readers.optional(&read.actor, sql, &[&read.actor.city(), &code]).await?;
    let found = stored(&row.ok_or_else(|| Problem::outside_scope(read.actor.scope))?)?;
    answer(200, &code, &found)
}

/// Registers what was agreed with a hospital, from a day on; what lies in the past stays. Says `If-Match` what was read, it must be the
/// newest version.
#[utoipa::path(
    tag = "hospitals", request_body = HospitalBody,
    params(
        ("code" = String, Path, description = "unified social credit code"),
        ("If-Match" = Option<String>, Header, description = "the version that was read")
    ),
    responses((status = 200, description = "registered; 201 when it was not known before", body = HospitalAnswer))
)]
#[put("/hospitals/{code}")]
async fn put_hospital(change: Change<Registrars, HospitalBody>, aside: Data<Aside>, book: Data<Book>) -> Result<Reply, Problem> {
    let code = change.path_value::<String>("code")?;
    let code = CreditCode::parse(&code).map_err(|wrong| Problem::fault("/code", wrong.to_string()))?;
    let division = change.body.division;
    if !lies_in_a_known_place(&book, &division) {
        return Err(Problem::fault("/division", "no county or district of this city has this code"));
    }
    if !change.actor.reaches(&division) {
        return Err(Problem::outside_scope(division));
    }
    let mut desk = aside.open().await?;
    let transaction = desk.transaction().await.map_err(|error| fallen(&error))?;
    let before = locked(&transaction, division.city(), &code).await?;
    if let Some(elsewhere) = before.as_ref().map(|before| before.terms.division).filter(|place| !change.actor.reaches(place)) {
        return Err(Problem::outside_scope(elsewhere));
    }
    if change.if_match.is_some() {
        let version = before.as_ref().map_or(0, |before| before.terms.version);
        change.expect_version(u64::try_from(version).unwrap_or_default())?;
    }
    let outcome = register(&transaction, change.actor.subject.as_str(), &code, &change.body, before).await?;
    transaction.commit().await.map_err(|error| fallen(&error))?;
    let status = if matches!(outcome, Outcome::New(_)) { 201 } else { 200 };
    answer(status, &code, outcome.stored())
}

/// A hospital sees itself; whoever has another of the roles sees those in its scope.
fn may_see(actor: &Actor, code: &CreditCode) -> bool {
    let others = Roles::of(&[Role::Finance, Role::Auditor, Role::Admin]);
    actor.roles.meets(others) || actor.hospital.as_deref() == Some(code.as_str())
}

/// A county that is known, or the city as a whole.
fn lies_in_a_known_place(book: &Book, division: &Division) -> bool {
    let rules = book.rules();
    match division.county() {
        Some(_) => rules.knows_county_of(division),
        None => rules.divisions.keys().any(|known| division.covers(known)),
    }
}

fn answer(status: u16, code: &CreditCode, stored: &Stored) -> Result<Reply, Problem> {
    let body = HospitalAnswer::of(code, &stored.terms, stored.registered_at);
    Ok(Reply::json(status, &body)?.etag(u64::try_from(stored.terms.version).unwrap_or_default()))
}

/// Routes of the hospitals.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(get_hospital).service(put_hospital);
}
