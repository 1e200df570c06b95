//! The edge of publicity.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{Aside, Book};
use crate::http::{Access, Call, Kind, NoQuery, Page, Paged, Problem, Read, Reply};
use crate::id::PublicationId;
use crate::publicity::answer::{PublicationAnswer, PublicationDetail};
use crate::publicity::body::{PublicationBody, TakeDownBody};
use crate::publicity::csv::csv;
use crate::publicity::find::{find, list};
use crate::publicity::page::page;
use crate::publicity::publish::Publish;
use crate::publicity::take_down::TakeDown;
use crate::reads::Readers;
use crate::vault::Vault;

/// Who publishes.
pub struct Publishers;

impl Access for Publishers {
    const ROLES: Roles = Roles::of(&[Role::Approver, Role::Finance]);
}

/// Who looks lists up, to put them on the wall.
pub struct Viewers;

impl Access for Viewers {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Approver, Role::Finance, Role::Auditor]);
}

/// Makes a list public: the granted cases of some days, by the rules that each was decided by. A case is published once.
#[utoipa::path(tag = "publicity", request_body = PublicationBody, responses((status = 201, body = PublicationAnswer)))]
#[post("/publicity")]
async fn post_publicity(
    call: Call<Publishers, PublicationBody>,
    aside: Data<Aside>,
    book: Data<Book>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let rules = book.rules();
    let (actor, key, body) = (&*call.actor, call.key, &call.body);
    let publish = Publish { actor, key, body, rules: &rules, vault: &vault, id: PublicationId::new() };
    publish.at(&mut aside.open().await?).await
}

/// Publications of the caller's scope, the last first.
#[utoipa::path(
    tag = "publicity", responses((status = 200, body = Paged<PublicationAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/publicity")]
async fn get_publicity(read: Read<Viewers, Page>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &list(&readers, &read.actor, &read.query).await?)
}

/// A list: JSON, CSV, or a page to be printed, by `Accept`. One that was taken down has no rows any more, except for auditors.
#[utoipa::path(
    tag = "publicity", params(("publication" = PublicationId, Path)),
    responses((
        status = 200,
        content((PublicationDetail = "application/json"), (String = "text/csv"), (String = "text/html"))
    ))
)]
#[get("/publicity/{publication}")]
async fn get_publication(
    read: Read<Viewers, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let kind = read.accept(&[Kind::Json, Kind::Csv, Kind::Html])?;
    let found = find(&readers, &vault, &book, &read.actor, read.path_id("publication")?).await?;
    match kind {
        Kind::Csv => Ok(Reply::of_kind(kind, csv(&found.rows)?.into()).file_name("publicity.csv")),
        Kind::Html => Ok(page(&found, &book.rules())),
        Kind::Json | Kind::Problem | Kind::Xlsx | Kind::Xml => Reply::json(200, &found),
    }
}

/// Takes a list down before its day.
#[utoipa::path(
    tag = "publicity", request_body = TakeDownBody, params(("publication" = PublicationId, Path)),
    responses((status = 200, body = PublicationAnswer))
)]
#[post("/publicity/{publication}/take-down")]
async fn post_take_down(call: Call<Publishers, TakeDownBody>, aside: Data<Aside>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let publication = call.path_id("publication")?;
    let take_down = TakeDown { actor: &call.actor, key: call.key, publication, reason: call.body.reason.as_str(), vault: &vault };
    take_down.at(&mut aside.open().await?).await
}

/// Routes of publicity.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_publicity).service(get_publicity).service(get_publication).service(post_take_down);
}
