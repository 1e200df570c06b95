//! The edge of waivers.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};

use crate::actor::{Actor, Role, Roles};
use crate::book::{Book, Key};
use crate::hospital::Hospitals;
use crate::http::{Access, Ask, Call, Needs, NoQuery, Problem, Read, Reply};
use crate::id::{LeafId, WaiverId};
use crate::identity::CreditCode;
use crate::reads::Readers;
use crate::roster::Roster;
use crate::vault::Vault;
use crate::waiver::answer::{CheckAnswer, GrantAnswer, WaiverAnswer};
use crate::waiver::body::{CheckBody, CloseBody, GrantBody};
use crate::waiver::check::{Desk, terms};
use crate::waiver::close::Close;
use crate::waiver::find::find;
use crate::waiver::grant::Grant;
use crate::waiver::patient::Patient;
use crate::waiver::promise::PromiseKeys;
use crate::waiver::recorder::Recorder;

/// Billing systems of hospitals.
pub struct HospitalClients;

impl Access for HospitalClients {
    const ROLES: Roles = Roles::of(&[Role::Hospital]);
}

/// Billing systems, where they are answered without the database, too.
pub struct Askers;

impl Access for Askers {
    const ROLES: Roles = HospitalClients::ROLES;
    const NEEDS: Needs = Needs::Memory;
}

/// Who may look at promises.
pub struct WaiverReaders;

impl Access for WaiverReaders {
    const ROLES: Roles = Roles::of(&[Role::Hospital, Role::Finance, Role::Auditor]);
}

/// Asks whether a patient pays no deposit, and with which discounts. Answered from memory, never refused for the age of the roster.
#[utoipa::path(tag = "waivers", request_body = CheckBody, responses((status = 200, body = CheckAnswer)))]
#[post("/waivers/check")]
async fn post_check(
    ask: Ask<Askers, CheckBody>,
    roster: Data<Roster>,
    hospitals: Data<Hospitals>,
    recorder: Data<Recorder>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let code = hospital_of(&ask.actor)?;
    let patient = Patient::read(&vault, code.as_str(), ask.body)?;
    let rules = book.rules();
    let desk = Desk { roster: &roster, hospitals: &hospitals, recorder: &recorder, readers: &readers, rules: &rules };
    Reply::json(200, &desk.check(&ask.actor, &code, &patient).await?)
}

/// Promises that a stay needs no deposit, for the whole stay. Another answer than `WAIVED` is a 409 with that code.
#[utoipa::path(tag = "waivers", request_body = GrantBody, responses((status = 201, body = GrantAnswer)))]
#[post("/waivers")]
async fn post_waiver(
    call: Call<HospitalClients, GrantBody>,
    hospitals: Data<Hospitals>,
    keys: Data<PromiseKeys>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    if !keys.can_sign() {
        return Err(Problem::not_found());
    }
    let (city, hospital) = (call.actor.city(), hospital_of(&call.actor)?);
    let (body, visit_no) = call.body.split();
    let patient = Patient::read(&vault, hospital.as_str(), body)?;
    let digest = hex::encode(vault.blind_index("promise", &format!("{:?}", patient.person)).as_bytes());
    let terms = terms(&hospitals, &call.actor, &hospital);
    let (keys, id, leaf) = (keys.into_inner(), WaiverId::new(), LeafId::new());
    let grant = Grant { actor: call.actor, context: call.context, hospital, patient, visit_no, terms, keys, digest, id, leaf };
    book.play(city, Key::Of(call.key), grant).await
}

/// One promise.
#[utoipa::path(tag = "waivers", params(("waiver" = WaiverId, Path, description = "`id` of the promise")), responses((status = 200, body = WaiverAnswer)))]
#[get("/waivers/{waiver}")]
async fn get_waiver(read: Read<WaiverReaders, NoQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &find(&readers, &read.actor, read.path_id("waiver")?).await?)
}

/// Closes a promise: the stay is over. Its settlement closes it as well.
#[utoipa::path(tag = "waivers", request_body = CloseBody, params(("waiver" = WaiverId, Path, description = "`id` of the promise")), responses((status = 200, body = WaiverAnswer)))]
#[post("/waivers/{waiver}/close")]
async fn post_waiver_close(call: Call<HospitalClients, CloseBody>, book: Data<Book>) -> Result<Reply, Problem> {
    hospital_of(&call.actor)?;
    let (city, id) = (call.actor.city(), call.path_id("waiver")?);
    book.play(city, Key::Of(call.key), Close { actor: call.actor, id, leaf: LeafId::new() }).await
}

/// The keys that promises are checked with (RFC 7517). Public.
#[utoipa::path(tag = "waivers", responses((status = 200, body = Object)), security(()))]
#[get("/.well-known/jwks.json")]
async fn get_jwks(keys: Data<PromiseKeys>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=300")).json(keys.jwks())
}

/// The hospital that a token speaks for.
fn hospital_of(actor: &Arc<Actor>) -> Result<CreditCode, Problem> {
    let code = actor.hospital.as_deref().and_then(|code| CreditCode::parse(code).ok());
    code.ok_or_else(Problem::no_hospital)
}

/// Routes of waivers.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_check).service(post_waiver).service(get_waiver).service(post_waiver_close);
}

/// The published keys; outside `/v1`.
pub fn keys(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(get_jwks);
}
