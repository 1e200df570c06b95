//! The edge of cases.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{Book, Key};
use crate::case::accept::Accept;
use crate::case::answer::{AcceptAnswer, FastTrackAnswer, PreviewAnswer};
use crate::case::body::{AcceptBody, FastTrackBody, PreviewBody};
use crate::case::fast_track::FastTrack;
use crate::case::find::{CaseDetail, find};
use crate::case::forms::{Form, print};
use crate::case::incident;
use crate::case::life;
use crate::case::list::{CaseQuery, list};
use crate::case::preview::Preview;
use crate::case::request::Request;
use crate::case::search::{SearchBody, search};
use crate::case::seen::{Look, record};
use crate::case::summary::CaseSummary;
use crate::http::{Access, Ask, Call, NoQuery, Paged, Problem, Read, Reply};
use crate::id::CaseId;
use crate::reads::Readers;
use crate::vault::Vault;

/// Officers of a street window who accept and decide.
pub struct Window;

impl Access for Window {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Approver]);
}

/// Whoever may look at cases, each as far as the role needs.
pub struct CaseReaders;

impl Access for CaseReaders {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Approver, Role::Cashier, Role::Finance, Role::Auditor]);
}

/// Accepts, decides, approves and pays an urgent case in one atomic call.
///
/// With a `Countersign` of a second officer the advance lane is open. A refusal is a 409 problem with `decision` and `case_id`; it
/// is recorded and final for its key.
#[utoipa::path(
    tag = "cases", request_body = FastTrackBody,
    params(("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")),
    responses((status = 201, body = FastTrackAnswer))
)]
#[post("/fast-track")]
async fn post_fast_track(call: Call<Window, FastTrackBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    known_county(&book, &call.body.0.division)?;
    let city = call.actor.city();
    let request = Request::prepare(call.actor, call.context, call.countersigned, call.body.0, &vault)?;
    book.play(city, Key::Of(call.key), FastTrack(request)).await
}

/// Takes a case in, to be decided by an approver. Nothing is granted yet.
#[utoipa::path(
    tag = "cases", request_body = AcceptBody,
    params(("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")),
    responses((status = 201, body = AcceptAnswer))
)]
#[post("/cases")]
async fn post_case(call: Call<Window, AcceptBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    known_county(&book, &call.body.0.division)?;
    let city = call.actor.city();
    let request = Request::prepare(call.actor, call.context, call.countersigned, call.body.0, &vault)?;
    book.play(city, Key::Of(call.key), Accept(request)).await
}

/// What `POST /v1/fast-track` would decide, now or by the rules of another day. Changes nothing.
#[utoipa::path(
    tag = "cases", request_body = PreviewBody,
    params(("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")),
    responses((status = 200, body = PreviewAnswer))
)]
#[post("/decisions/preview")]
async fn post_preview(ask: Ask<Window, PreviewBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    known_county(&book, &ask.body.division)?;
    let city = ask.actor.city();
    let as_of = ask.body.as_of;
    let request = Request::prepare(ask.actor, ask.context, ask.countersigned, ask.body, &vault)?;
    book.play(city, Key::Reading, Preview { request, as_of }).await
}

/// One case. The read is recorded.
#[utoipa::path(tag = "cases", params(("case" = CaseId, Path)), responses((status = 200, body = CaseDetail)))]
#[get("/cases/{case}")]
async fn get_case(
    read: Read<CaseReaders, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    Reply::json(200, &find(&readers, &vault, &book, &read.actor, read.path_id("case")?).await?)
}

/// A printable page of a case: 审批表, 领款单, 不予救助告知书, 转介单. The read is recorded.
///
/// In Chinese, with print styles for A4 or A5, self-contained. 409 when the case has no such form, as a refused one has no receipt.
#[utoipa::path(
    tag = "cases", params(("case" = CaseId, Path), ("form" = inline(Form), Path)),
    responses((status = 200, body = String, content_type = "text/html"))
)]
#[get("/cases/{case}/forms/{form}")]
async fn get_form(
    read: Read<CaseReaders, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    print(&readers, &vault, &book, &read.actor, read.path_id("case")?, read.path_value("form")?).await
}

/// Cases of the caller's scope, the newest first, people masked. Sealed cases are in no list.
#[utoipa::path(tag = "cases", params(CaseQuery), responses((status = 200, body = Paged<CaseSummary>)))]
#[get("/cases")]
async fn get_cases(
    read: Read<CaseReaders, CaseQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let found = list(&readers, &vault, &read.actor, &read.query).await?;
    record(&book, &read.actor, Look::List(found.items.len())).await?;
    Reply::json(200, &found)
}

/// Cases by number, identity, dates and code, people masked. The search is recorded.
#[utoipa::path(tag = "cases", request_body = SearchBody, responses((status = 200, body = Paged<CaseSummary>)))]
#[post("/cases/search")]
async fn post_search(
    ask: Ask<CaseReaders, SearchBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let found = search(&readers, &vault, &ask.actor, &ask.body).await?;
    record(&book, &ask.actor, Look::Search(found.items.len())).await?;
    Reply::json(200, &found)
}

/// The county must be known; streets change faster than tables.
fn known_county(book: &Book, division: &crate::division::Division) -> Result<(), Problem> {
    if book.rules().knows_county_of(division) {
        Ok(())
    } else {
        Err(Problem::fault("/division", "no county or district of this city has this code"))
    }
}

/// Routes of cases and incidents.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_fast_track)
        .service(post_case)
        .service(post_preview)
        .service(get_cases)
        .service(post_search)
        .service(get_case)
        .service(get_form);
    incident::routes(config);
    life::routes(config);
}
