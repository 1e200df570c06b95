//! The edge of settlements.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{Book, Key, Payer, SettlementState, read_settlement};
use crate::hospital;
use crate::http::{Access, Ask, Call, NoQuery, Problem, Read, Reply};
use crate::id::{ClearingId, HoldId, LeafId, SettlementId};
use crate::reads::Readers;
use crate::settlement::answer::{ChangedSettlement, QuoteAnswer, ReversedAnswer, SettlementDetail, TotalsAnswer};
use crate::settlement::body::{CancelBody, ClearingBody, ResultBody, ReverseBody, SettlementBody, TotalsQuery};
use crate::settlement::clearing::{self, Clear, ClearingAnswer, ClearingDetail};
use crate::settlement::find::find;
use crate::settlement::patient::{Kept, seal_fence};
use crate::settlement::quote::Quote;
use crate::settlement::result::TakeResult;
use crate::settlement::reverse::Fence;
use crate::settlement::rooms::Funds;
use crate::settlement::settle::Settle;
use crate::settlement::target::{Target, hospital_of};
use crate::settlement::terms::Registers;
use crate::settlement::totals::totals;
use crate::settlement::unwind::Unwind;
use crate::vault::Vault;

/// Billing systems of hospitals.
pub struct Hospitals;

impl Access for Hospitals {
    const ROLES: Roles = Roles::of(&[Role::Hospital]);
}

/// Who may say what a payer bears.
pub struct Reporters;

impl Access for Reporters {
    const ROLES: Roles = Roles::of(&[Role::Hospital, Role::Finance]);
}

/// Who pays hospitals.
pub struct Clearers;

impl Access for Clearers {
    const ROLES: Roles = Roles::of(&[Role::Finance]);
}

/// Who may look at clearings.
pub struct ClearingReaders;

impl Access for ClearingReaders {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Auditor]);
}

/// Who may look at settlements.
pub struct SettlementReaders;

impl Access for SettlementReaders {
    const ROLES: Roles = Roles::of(&[Role::Hospital, Role::Finance, Role::Auditor]);
}

/// How a bill would be split over its payers, before the insurance platform settles. Nothing is kept but that it was asked.
#[utoipa::path(tag = "settlements", request_body = SettlementBody, responses((status = 200, body = QuoteAnswer)))]
#[post("/settlements/quote")]
async fn post_quote(
    ask: Ask<Hospitals, SettlementBody>,
    readers: Data<Readers>,
    hospitals: Data<hospital::Hospitals>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, hospital) = (ask.actor.city(), hospital_of(&ask.actor)?);
    let registers = Registers { readers: &readers, hospitals: &hospitals, vault: &vault };
    let terms = registers.terms_of(&ask.actor, &ask.body).await?;
    let funds = Funds::around(&readers, &ask.actor.scope).await?;
    let quote = Quote(Settle::prepare((ask.actor, ask.context), (hospital, [0; 32]), ask.body, terms, funds, &vault)?);
    book.play(city, Key::Reading, quote).await
}

/// Splits a bill over its payers, and sets aside what the funds bear of it. The same message with the same content gets its first
/// answer again, with 200.
#[utoipa::path(tag = "settlements", request_body = SettlementBody, responses(
    (status = 201, description = "settled", body = ChangedSettlement),
    (status = 200, description = "the message was settled before: its first answer, or, when it was cancelled since, as it stands", body = ChangedSettlement)
))]
#[post("/settlements")]
async fn post_settlement(
    call: Call<Hospitals, SettlementBody>,
    readers: Data<Readers>,
    hospitals: Data<hospital::Hospitals>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, key, hospital) = (call.actor.city(), call.key, hospital_of(&call.actor)?);
    let registers = Registers { readers: &readers, hospitals: &hospitals, vault: &vault };
    let terms = registers.terms_of(&call.actor, &call.body).await?;
    let funds = Funds::around(&readers, &call.actor.scope).await?;
    // Method, path and canonical body, under a key: the content of the message, and nothing of it can be guessed.
    let content = (hospital, key.fingerprint);
    let settle = Settle::prepare((call.actor, call.context), content, call.body, terms, funds, &vault)?;
    book.play(city, Key::Of(key), settle).await
}

/// What a payer says of its part: `refused` of what it does not bear, else what it bears; the rest is split over those after it.
#[utoipa::path(
    tag = "settlements", request_body = ResultBody, params(("settlement" = SettlementId, Path, description = "`id` of the settlement"), ("payer" = Payer, Path, description = "no fund: results of a fund are finance's to say")),
    responses((status = 200, body = ChangedSettlement))
)]
#[post("/settlements/{settlement}/payers/{payer}/result")]
async fn post_payer_result(
    call: Call<Reporters, ResultBody>,
    readers: Data<Readers>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, id, named): (_, _, String) = (call.actor.city(), call.path_id("settlement")?, call.path_value("payer")?);
    let payer = Payer::ALL.iter().copied().find(|payer| named == payer.as_str()).ok_or_else(Problem::not_found)?;
    if !TakeResult::may_be_said_by(payer, call.actor.roles) {
        return Err(Problem::forbidden());
    }
    let target = Target::read(&readers, call.actor, call.context, id).await?;
    let ResultBody { status, amount_fen, reference } = call.body;
    let (amount, reference) = (amount_fen.fen(), reference.into_string());
    let result = TakeResult { target, payer, status, amount, reference, holds: (HoldId::new(), HoldId::new()) };
    book.play(city, Key::Of(call.key), result).await
}

/// Takes a settlement back: what its funds set aside is given back, the last payer first. Again, it is as it is.
#[utoipa::path(
    tag = "settlements", request_body = CancelBody, params(("settlement" = SettlementId, Path, description = "`id` of the settlement")),
    responses((status = 200, body = ChangedSettlement))
)]
#[post("/settlements/{settlement}/cancel")]
async fn post_cancel(
    call: Call<Hospitals, CancelBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, id) = (call.actor.city(), call.path_id("settlement")?);
    let target = Target::read(&readers, call.actor, call.context, id).await?;
    let reason = Kept::Cancelled.seal(&vault, id, &call.body.reason)?;
    book.play(city, Key::Of(call.key), Unwind { target, into: SettlementState::Cancelled, reason }).await
}

/// Takes a message back (冲正): its settlement is unwound. One that is not known yet is refused when it comes.
#[utoipa::path(tag = "settlements", request_body = ReverseBody, responses((status = 200, body = ReversedAnswer)))]
#[post("/settlements/reverse")]
async fn post_reversal(
    call: Call<Hospitals, ReverseBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, hospital, ReverseBody { message_id, reason }) = (call.actor.city(), hospital_of(&call.actor)?, call.body);
    let message = message_id.into_string();
    let sql = include_str!("../../sql/settlement/of_message.sql");
    let row = readers.optional(&call.actor, sql, &[&city, &hospital, &message]).await?;
    let Some(row) = row.as_ref().map(read_settlement) else {
        let reason = seal_fence(&vault, &hospital, &message, &reason)?;
        let fence = Fence { actor: call.actor, leaf: LeafId::new(), hospital, message, reason };
        return book.play(city, Key::Of(call.key), fence).await;
    };
    let reason = Kept::Reversed.seal(&vault, row.id, &reason)?;
    let target = Target::of(&readers, call.actor, call.context, row).await?;
    book.play(city, Key::Of(call.key), Unwind { target, into: SettlementState::Reversed, reason }).await
}

/// What the caller's hospital and this house must agree on of a day, by payer: what was settled on it and stands.
#[utoipa::path(tag = "settlements", params(TotalsQuery), responses((status = 200, body = TotalsAnswer)))]
#[get("/settlements/totals")]
async fn get_totals(read: Read<Hospitals, TotalsQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &totals(&readers, &read.actor, read.query.date).await?)
}

/// One settlement with what was said of it, its patient masked. The read is recorded.
#[utoipa::path(
    tag = "settlements", params(("settlement" = SettlementId, Path, description = "`id` of the settlement")), responses((status = 200, body = SettlementDetail))
)]
#[get("/settlements/{settlement}")]
async fn get_settlement(
    read: Read<SettlementReaders, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    Reply::json(200, &find(&readers, &vault, &book, &read.actor, read.path_id("settlement")?).await?)
}

/// Pays a hospital what a fund owes for a list of settlements, through the bank: the parts are paid when the bank says so.
#[utoipa::path(tag = "settlements", request_body = ClearingBody, responses((status = 201, body = ClearingAnswer)))]
#[post("/clearings")]
async fn post_clearing(call: Call<Clearers, ClearingBody>, readers: Data<Readers>, book: Data<Book>) -> Result<Reply, Problem> {
    let (city, id, body) = (call.actor.city(), ClearingId::new(), call.body);
    let sql = include_str!("../../sql/settlement/to_clear.sql");
    let rows = readers.all(&call.actor, sql, &[&city, &body.settlement_ids]).await?;
    if rows.len() != body.settlement_ids.len() {
        return Err(Problem::outside_scope(call.actor.scope));
    }
    let settlements = rows.iter().map(read_settlement).map(|row| (row.id, row.division)).collect();
    let reference = body.reference.map_or_else(|| id.to_string(), |text| text.into_string());
    let (fund, leaf) = (body.fund_id, LeafId::new());
    let clear = Clear { actor: call.actor, context: call.context, leaf, id, fund, settlements, reference };
    book.play(city, Key::Of(call.key), clear).await
}

/// One clearing, and how far the bank is with it.
#[utoipa::path(
    tag = "settlements", params(("clearing" = ClearingId, Path)), responses((status = 200, body = ClearingDetail))
)]
#[get("/clearings/{clearing}")]
async fn get_clearing(read: Read<ClearingReaders, NoQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &ClearingDetail::from(&clearing::find(&readers, &read.actor, read.path_id("clearing")?).await?))
}

/// Routes of settlements.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_quote)
        .service(post_settlement)
        .service(post_reversal)
        .service(get_totals)
        .service(post_payer_result)
        .service(post_cancel)
        .service(get_settlement)
        .service(post_clearing)
        .service(get_clearing);
}
