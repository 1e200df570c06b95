//! The edge of funds.

use std::sync::Arc;

use actix_web::web::{Data, block};
use actix_web::{get, patch, post};

use crate::actor::{Actor, Role, Roles};
use crate::book::{Book, FundRow, Key, QUEUE_MAX};
use crate::code::Code;
use crate::division::Division;
use crate::fund::answer::{AccountAnswer, FundAnswer, View, context};
use crate::fund::body::{MovementBody, OpenBody, ReasonBody, SettingsBody};
use crate::fund::entries::{EntriesAnswer, EntryQuery, entries};
use crate::fund::find::find;
use crate::fund::freeze::SetStatus;
use crate::fund::list::list;
use crate::fund::open::OpenFund;
use crate::fund::settings::ChangeSettings;
use crate::fund::top_up::{Movement, TopUp};
use crate::fund::withdraw::Withdraw;
use crate::http::{Access, Call, Change, Kind, NoQuery, Page, Paged, Patch, Problem, Read, Reply, Text};
use crate::id::{FundId, HoldId, LeafId};
use crate::money::{Fen, Limit};
use crate::policy::{FundKind, FundStatus, Limits};
use crate::reads::Readers;
use crate::vault::Vault;

/// Who keeps the funds.
pub struct Finance;

impl Access for Finance {
    const ROLES: Roles = Roles::of(&[Role::Finance]);
}

/// Who may look at the funds of its scope.
pub struct FundReaders;

impl Access for FundReaders {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Auditor, Role::Clerk, Role::Approver, Role::Cashier]);
}

/// Opens a fund. A division has one street reserve in use.
#[utoipa::path(tag = "funds", request_body = OpenBody, responses((status = 201, body = FundAnswer)))]
#[post("/funds")]
async fn post_fund(call: Call<Finance, OpenBody>, book: Data<Book>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let (city, id, body) = (call.actor.city(), FundId::new(), call.body);
    if body.division.as_str().len() > 4 && !book.rules().knows_county_of(&body.division) {
        return Err(Problem::fault("/division", "no county or district of this city has this code"));
    }
    let account = body.account.map(AccountAnswer::from);
    let account = account.map(|account| Ok::<_, Problem>((account.seal(&vault, id)?, account))).transpose()?;
    let fen = |limit: Option<Limit>| limit.map(Limit::fen);
    let action = OpenFund {
        actor: call.actor,
        id,
        division: body.division,
        kind: body.kind,
        name: body.name.as_str().into(),
        target: body.target_fen.fen(),
        floor: fen(body.limits.floor_fen).unwrap_or(Fen::ZERO),
        limits: Limits {
            case: fen(body.limits.case_cap_fen),
            fund_day: fen(body.limits.fund_day_cap_fen),
            person_year: fen(body.limits.person_year_cap_fen),
            officer_day: fen(body.limits.officer_day_cap_fen),
        },
        account,
        subject_codes: body.subject_codes.unwrap_or_default().into_iter().map(Text::into_string).collect(),
        context: call.context,
        leaf: LeafId::new(),
    };
    book.play(city, Key::Of(call.key), action).await
}

/// Funds of the caller's scope, in the order of their opening.
#[utoipa::path(
    tag = "funds", responses((status = 200, body = Paged<FundAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/funds")]
async fn get_funds(read: Read<FundReaders, Page>, readers: Data<Readers>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let view = view(&read.actor);
    let funds: Vec<FundRow> = list(&readers, &read.actor, &read.query).await?;
    let page = Paged::cut(funds, read.query.limit, |fund| fund.id.uuid().as_bytes().to_vec());
    let items = page.items.iter().map(|fund| FundAnswer::read(fund, &vault, view)).collect::<Result<_, _>>()?;
    Reply::json(200, &Paged { items, next_cursor: page.next_cursor })
}

/// One fund.
#[utoipa::path(tag = "funds", params(("fund" = FundId, Path)), responses((status = 200, body = FundAnswer)))]
#[get("/funds/{fund}")]
async fn get_fund(read: Read<FundReaders, NoQuery>, readers: Data<Readers>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let fund = find(&readers, &read.actor, read.path_id("fund")?).await?;
    let answer = FundAnswer::read(&fund, &vault, view(&read.actor))?;
    Ok(Reply::json(200, &answer)?.etag(fund.settings_version.unsigned_abs()))
}

/// Changes name, target, limits or account. Needs `If-Match` and the countersign of an approver.
#[utoipa::path(
    tag = "funds", request_body = SettingsBody,
    params(
        ("fund" = FundId, Path),
        ("If-Match" = String, Header, description = "settings version it was read at"),
        ("Countersign" = String, Header, description = "JWT of an approver over this very request")
    ),
    responses((status = 200, body = FundAnswer))
)]
#[patch("/funds/{fund}")]
async fn patch_fund(
    change: Change<Finance, SettingsBody>,
    book: Data<Book>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let id: FundId = change.path_id("fund")?;
    let Some(if_match) = change.if_match else {
        return Err(Problem::new(Code::PreconditionRequired, "settings change with If-Match"));
    };
    let (city, limits) = (change.actor.city(), &change.body.limits);
    let fen = |limit: &Patch<Limit>| match limit {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(limit) => Patch::Value(limit.fen()),
    };
    let (floor, case, fund_day) = (fen(&limits.floor_fen), fen(&limits.case_cap_fen), fen(&limits.fund_day_cap_fen));
    let (person_year, officer_day) = (fen(&limits.person_year_cap_fen), fen(&limits.officer_day_cap_fen));
    let (account, shown) = match change.body.account {
        Patch::Absent => (Patch::Absent, shown(&readers, &vault, &change.actor, id).await?),
        Patch::Null => (Patch::Null, None),
        Patch::Value(account) => {
            let account = AccountAnswer::from(account);
            (Patch::Value(account.seal(&vault, id)?), Some(account.masked()))
        }
    };
    let action = ChangeSettings {
        actor: change.actor,
        context: change.context,
        countersigned: change.countersigned,
        fund: id,
        if_match,
        name: change.body.name.map(|name| name.as_str().into()),
        target: change.body.target_fen.map(Limit::fen),
        floor,
        case,
        fund_day,
        person_year,
        officer_day,
        account,
        shown,
        leaf: LeafId::new(),
    };
    book.play(city, Key::Own, action).await
}

/// Money comes in from the treasury.
#[utoipa::path(
    tag = "funds", request_body = MovementBody, params(("fund" = FundId, Path)), responses((status = 201, body = FundAnswer))
)]
#[post("/funds/{fund}/topups")]
async fn post_topup(
    call: Call<Finance, MovementBody>,
    book: Data<Book>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let (city, key) = (call.actor.city(), Key::Of(call.key));
    let (movement, pool) = movement(call, &readers, &vault).await?;
    let holds = (0..QUEUE_MAX).map(|_| HoldId::new()).collect();
    book.play(city, key, TopUp { movement, pool, holds }).await
}

/// Money goes back to the treasury, as far as it is available.
#[utoipa::path(
    tag = "funds", request_body = MovementBody, params(("fund" = FundId, Path)), responses((status = 201, body = FundAnswer))
)]
#[post("/funds/{fund}/withdrawals")]
async fn post_withdrawal(
    call: Call<Finance, MovementBody>,
    book: Data<Book>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let (city, key, context) = (call.actor.city(), Key::Of(call.key), call.context.clone());
    let (movement, _) = movement(call, &readers, &vault).await?;
    book.play(city, key, Withdraw { movement, context }).await
}

/// Stops a fund from paying. It goes on receiving.
#[utoipa::path(
    tag = "funds", request_body = ReasonBody, params(("fund" = FundId, Path)), responses((status = 200, body = FundAnswer))
)]
#[post("/funds/{fund}/freeze")]
async fn post_freeze(
    call: Call<Finance, ReasonBody>,
    book: Data<Book>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    set_status(call, &book, &readers, &vault, FundStatus::Frozen).await
}

/// Lets a fund pay again.
#[utoipa::path(
    tag = "funds", request_body = ReasonBody, params(("fund" = FundId, Path)), responses((status = 200, body = FundAnswer))
)]
#[post("/funds/{fund}/unfreeze")]
async fn post_unfreeze(
    call: Call<Finance, ReasonBody>,
    book: Data<Book>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    set_status(call, &book, &readers, &vault, FundStatus::Active).await
}

/// Entries of a fund: opening, movements with running totals, closing; JSON, CSV, a workbook or camt.053 by `Accept`.
///
/// The balance of camt.053 is what lies in the fund's account by the book, held money included: what only holds or releases is no entry of it.
#[utoipa::path(
    tag = "funds", params(("fund" = FundId, Path), EntryQuery),
    responses((status = 200, content(
        (EntriesAnswer = "application/json"),
        (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")
    )))
)]
#[get("/funds/{fund}/entries")]
async fn get_entries(read: Read<FundReaders, EntryQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    let kind = read.accept(&[Kind::Json, Kind::Csv, Kind::Xlsx, Kind::Xml])?;
    let fund = find(&readers, &read.actor, read.path_id("fund")?).await?;
    let found = entries(&readers, &read.actor, fund.id, &read.query).await?;
    match kind {
        Kind::Csv => Ok(Reply::of_kind(Kind::Csv, found.csv()?.into()).file_name("entries.csv")),
        Kind::Xlsx => {
            // A long workbook takes a while and goes through a file.
            let book = block(move || found.workbook(&fund.name)).await.map_err(Problem::internal)??;
            Ok(Reply::of_kind(Kind::Xlsx, book.into()).file_name("entries.xlsx"))
        }
        Kind::Xml => Ok(Reply::of_kind(Kind::Xml, found.camt(&fund.name).into()).file_name("entries.xml")),
        Kind::Json | Kind::Problem | Kind::Html => Reply::json(200, &found),
    }
}

/// What moves, and the division whose reserve lends to the fund.
async fn movement(
    call: Call<Finance, MovementBody>,
    readers: &Readers,
    vault: &Vault,
) -> Result<(Movement, Option<Division>), Problem> {
    let id: FundId = call.path_id("fund")?;
    let fund = known(readers, &call.actor, id).await?;
    let account = fund.as_ref().map(|fund| crate::fund::answer::shown(fund, vault)).transpose()?.flatten();
    let pool = fund.filter(|fund| fund.kind == FundKind::StreetReserve).and_then(|fund| fund.division.county());
    let movement = Movement {
        actor: call.actor,
        fund: id,
        amount: call.body.amount_fen.fen(),
        source: call.body.source.into(),
        reference: call.body.reference.map(Text::into_string),
        value_date: call.body.value_date,
        account,
        leaf: LeafId::new(),
    };
    Ok((movement, pool))
}

async fn set_status(
    call: Call<Finance, ReasonBody>,
    book: &Book,
    readers: &Readers,
    vault: &Vault,
    status: FundStatus,
) -> Result<Reply, Problem> {
    let fund: FundId = call.path_id("fund")?;
    let reason = vault.seal(call.body.reason.as_bytes(), context(fund).as_bytes()).map_err(Problem::internal)?;
    let account = shown(readers, vault, &call.actor, fund).await?;
    let (city, key) = (call.actor.city(), Key::Of(call.key));
    let action = SetStatus { actor: call.actor, fund, status, reason: reason.as_bytes().into(), account, leaf: LeafId::new() };
    book.play(city, key, action).await
}

/// The account as a stored answer may show it: only the end of its number.
async fn shown(readers: &Readers, vault: &Vault, actor: &Arc<Actor>, fund: FundId) -> Result<Option<AccountAnswer>, Problem> {
    known(readers, actor, fund).await?.map(|fund| crate::fund::answer::shown(&fund, vault)).transpose().map(Option::flatten)
}

/// The fund, if there is one in the caller's scope.
async fn known(readers: &Readers, actor: &Arc<Actor>, fund: FundId) -> Result<Option<FundRow>, Problem> {
    match find(readers, actor, fund).await {
        Ok(fund) => Ok(Some(fund)),
        // The book says so itself, in its place among the checks.
        Err(problem) if problem.code() == Code::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn view(actor: &Actor) -> View {
    if actor.roles.has(Role::Finance) { View::Clear } else { View::Masked }
}

/// Routes of funds.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_fund).service(get_funds).service(get_fund).service(patch_fund);
    config.service(post_topup).service(post_withdrawal).service(post_freeze).service(post_unfreeze).service(get_entries);
}
