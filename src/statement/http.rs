//! The edge of statements.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{self, Aside, Key};
use crate::http::{Access, Call, Problem, Read, Reply, Upload};
use crate::id::{FundId, LeafId, StatementId};
use crate::reads::Readers;
use crate::statement::answer::{BookedAnswer, ImportedAnswer, MatchedAnswer, StatementAnswer};
use crate::statement::balance::{BalanceAnswer, balance};
use crate::statement::body::{BalanceQuery, BookingBody, ImportQuery, MatchBody, StatementQuery};
use crate::statement::booking::{Book, Told};
use crate::statement::confirm::{Confirm, Suggested};
use crate::statement::find::{find, head};
use crate::statement::import::{Import, read};
use crate::statement::judged::{Eyes, Judged, Wanted};
use crate::statement::seen::{Look, Said};
use crate::statement::signed::Signed;
use crate::vault::Vault;

/// Who brings statements, and says what their lines are.
pub struct Keepers;

impl Access for Keepers {
    const ROLES: Roles = Roles::of(&[Role::Finance]);
}

/// Who may look at them.
pub struct StatementReaders;

impl Access for StatementReaders {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Auditor]);
}

/// Takes in what a bank says of a fund's account, and matches what names a movement of ours to the fen. All or nothing: the account is
/// the fund's, the file is new, and it opens with what the last statement closed with.
#[utoipa::path(
    tag = "statements",
    request_body(
        description = "the bank's file: CSV or XLSX by a profile, camt.053",
        content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/xml"))
    ),
    params(
        ("fund" = FundId, Query, description = "whose account it is of"),
        ("profile" = Option<String>, Query, description = "how the bank writes CSV and XLSX")
    ),
    responses((status = 201, body = ImportedAnswer))
)]
#[post("/statements")]
async fn post_statement(
    mut upload: Upload<Keepers, ImportQuery>,
    aside: Data<Aside>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = upload.next().await? {
        bytes.extend_from_slice(&piece);
    }
    let (sha256, key) = upload.known_by()?;
    let file = read(bytes, upload.kind, upload.query.profile.as_deref()).await?;
    // Not before: who sends slowly keeps no desk from others.
    let desk = aside.open().await?;
    Import { actor: &upload.actor, fund: upload.query.fund, file, sha256, key }.play(desk, &readers, &vault).await
}

/// A statement: what its lines are, what is suggested for those that are open, and how the two books differ.
#[utoipa::path(
    tag = "statements",
    params(
        ("statement" = StatementId, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query)
    ),
    responses((status = 200, body = StatementAnswer))
)]
#[get("/statements/{statement}")]
async fn get_statement(
    read: Read<StatementReaders, StatementQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<book::Book>,
) -> Result<Reply, Problem> {
    let id = read.path_id("statement")?;
    let answer = find(&readers, &vault, &read.actor, id, &read.query).await?;
    book.saw(&read.actor, Said { look: Look::Statement(id) }).await?;
    Reply::json(200, &answer)
}

/// Says which movement a line is, of those that are suggested. Needs the countersign of an approver.
#[utoipa::path(
    tag = "statements", request_body = MatchBody,
    params(
        ("statement" = StatementId, Path),
        ("Countersign" = String, Header, description = "JWT of an approver over this very request")
    ),
    responses((status = 201, body = MatchedAnswer))
)]
#[post("/statements/{statement}/matches")]
async fn post_match(
    call: Call<Keepers, MatchBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<book::Book>,
) -> Result<Reply, Problem> {
    let (city, key, line) = (call.actor.city(), call.key, call.body.line);
    let movement = (call.body.version, call.body.ordinal);
    let (signed, judged) = about("match", call, line, &readers, &vault).await?;
    let suggested = Suggested::find(&judged, movement);
    book.play(city, Key::Of(key), Confirm { signed, movement, suggested }).await
}

/// Books what a line tells: interest, a fee, money that names nothing of ours, a payment that came back. Needs the countersign of an
/// approver; the line is matched with what it made.
#[utoipa::path(
    tag = "statements", request_body = BookingBody,
    params(
        ("statement" = StatementId, Path),
        ("Countersign" = String, Header, description = "JWT of an approver over this very request")
    ),
    responses((status = 201, body = BookedAnswer))
)]
#[post("/statements/{statement}/bookings")]
async fn post_booking(
    call: Call<Keepers, BookingBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<book::Book>,
) -> Result<Reply, Problem> {
    let (city, key, line) = (call.actor.city(), call.key, call.body.line);
    let (code, account) = (call.body.code, call.body.account);
    let (signed, judged) = about("book", call, line, &readers, &vault).await?;
    let told = Told::read(&judged, code, &readers, &signed).await;
    book.play(city, Key::Of(key), Book { signed, code, account, told }).await
}

/// What there is to say of one line, and who says something of it.
async fn about<B>(
    verb: &'static str,
    call: Call<Keepers, B>,
    line: i32,
    readers: &Readers,
    vault: &Vault,
) -> Result<(Signed, Judged), Problem> {
    let id: StatementId = call.path_id("statement")?;
    let fund = head(readers, &call.actor, id).await?.get("fund_id");
    let wanted = Wanted { fund, statement: Some(id), line: Some(line) };
    let judged = Eyes::Of(readers, &call.actor).judge(wanted, vault).await?;
    let (actor, context, countersigned) = (call.actor, call.context, call.countersigned);
    Ok((Signed { actor, context, countersigned, leaf: LeafId::new(), fund, line: (id, line), verb }, judged))
}

/// The table of balance adjustment (银行存款余额调节表) of a fund's account at the end of a day, every term listed.
#[utoipa::path(
    tag = "statements",
    params(("fund" = FundId, Query), ("date" = String, Query, format = Date, description = "a day that the statements reach")),
    responses((status = 200, body = BalanceAnswer))
)]
#[get("/reconciliation")]
async fn get_reconciliation(
    read: Read<StatementReaders, BalanceQuery>,
    readers: Data<Readers>,
    book: Data<book::Book>,
) -> Result<Reply, Problem> {
    let (fund, date) = (read.query.fund, read.query.date);
    let answer = balance(&readers, &read.actor, fund, date).await?;
    book.saw(&read.actor, Said { look: Look::Balance(fund, date) }).await?;
    Reply::json(200, &answer)
}

/// Routes of statements.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_statement).service(get_statement).service(post_match).service(post_booking).service(get_reconciliation);
}
