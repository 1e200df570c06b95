//! The edge of recoveries.

use actix_web::web::Data;
use actix_web::{get, post};
use jiff::Timestamp;

use crate::actor::{Role, Roles};
use crate::book::{Book, Key, QUEUE_MAX};
use crate::http::{Access, Call, NoQuery, Paged, Problem, Read, Reply};
use crate::id::{CancellationId, HoldId, LeafId, ReceiptId, RecoveryId, RefundId, WriteOffId};
use crate::identity::IdNumber;
use crate::money::Amount;
use crate::reads::Readers;
use crate::recovery::answer::{ChangedRecovery, RecoveryAnswer, RecoveryDetail};
use crate::recovery::asked::Asked;
use crate::recovery::body::{CancellationBody, InstalmentBody, ReceiptBody, RecoveryBody, RefundBody, WriteOffBody};
use crate::recovery::cancel::{self, Cancel};
use crate::recovery::debtor::Debtor;
use crate::recovery::find::find;
use crate::recovery::list::{RecoveryQuery, list};
use crate::recovery::open::Impose;
use crate::recovery::receive::Receive;
use crate::recovery::refund::Refund;
use crate::recovery::seen::{Look, record};
use crate::recovery::target::Target;
use crate::recovery::write_off::{WriteOff, seal};
use crate::time::day;
use crate::vault::{Vault, person_index};

/// Who asks for money back.
pub struct Imposers;

impl Access for Imposers {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Approver]);
}

/// Who takes it in.
pub struct Collectors;

impl Access for Collectors {
    const ROLES: Roles = Roles::of(&[Role::Finance]);
}

/// Who may look at it.
pub struct RecoveryReaders;

impl Access for RecoveryReaders {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Approver, Role::Auditor]);
}

/// Asks back what was paid of a case, or what a fund paid of a settlement, possibly with a fine, in instalments. What was decided stays.
///
/// A fine and a bar from new cases are the county's to decide.
#[utoipa::path(tag = "recoveries", request_body = RecoveryBody, responses((status = 201, body = ChangedRecovery)))]
#[post("/recoveries")]
async fn post_recovery(
    call: Call<Imposers, RecoveryBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, key) = (call.actor.city(), call.key);
    let asked = Asked::read(&readers, &call.actor, &call.body).await?;
    book.play(city, Key::Of(key), impose(call, asked, &vault)?).await
}

/// Money came in. It repays principal before the fine; what is not owed is an over-payment.
#[utoipa::path(
    tag = "recoveries", request_body = ReceiptBody, params(("recovery" = RecoveryId, Path)),
    responses((status = 201, body = ChangedRecovery))
)]
#[post("/recoveries/{recovery}/receipts")]
async fn post_receipt(
    call: Call<Collectors, ReceiptBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, id, body) = (call.actor.city(), call.path_id("recovery")?, call.body);
    let target = Target::read(&readers, &vault, call.actor, call.context, id).await?;
    let (amount, reference) = (body.amount_fen.fen(), body.reference.into_string());
    let holds = (0..QUEUE_MAX).map(|_| HoldId::new()).collect();
    let receive = Receive { target, id: ReceiptId::new(), amount, reference, received_on: body.received_on, holds };
    book.play(city, Key::Of(call.key), receive).await
}

/// Gives up what cannot be had, or a part of it, with a second officer's countersign: the fine before the principal.
#[utoipa::path(
    tag = "recoveries", request_body = WriteOffBody,
    params(
        ("recovery" = RecoveryId, Path),
        ("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")
    ),
    responses((status = 200, body = ChangedRecovery))
)]
#[post("/recoveries/{recovery}/write-off")]
async fn post_write_off(
    call: Call<Collectors, WriteOffBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, recovery, body) = (call.actor.city(), call.path_id("recovery")?, call.body);
    let target = Target::read(&readers, &vault, call.actor, call.context, recovery).await?;
    let id = WriteOffId::new();
    let (amount, note) = (body.amount_fen.map(Amount::fen), seal(&vault, recovery, id, &body.note)?);
    let write_off = WriteOff { target, countersigned: call.countersigned, id, amount, reason: body.reason, note };
    book.play(city, Key::Of(call.key), write_off).await
}

/// Pays back what was overpaid, with a second officer's countersign.
#[utoipa::path(
    tag = "recoveries", request_body = RefundBody,
    params(
        ("recovery" = RecoveryId, Path),
        ("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")
    ),
    responses((status = 201, body = ChangedRecovery))
)]
#[post("/recoveries/{recovery}/refunds")]
async fn post_refund(
    call: Call<Collectors, RefundBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, recovery, body) = (call.actor.city(), call.path_id("recovery")?, call.body);
    let target = Target::read(&readers, &vault, call.actor, call.context, recovery).await?;
    let (amount, reference) = (body.amount_fen.fen(), body.reference.into_string());
    let refund = Refund { target, countersigned: call.countersigned, id: RefundId::new(), amount, reference };
    book.play(city, Key::Of(call.key), refund).await
}

/// Takes back what was imposed in error, with a second officer's countersign, unless principal went back to the fund already.
///
/// Nothing is owed any more, what came in is an over-payment, and the bar that it set is lifted.
#[utoipa::path(
    tag = "recoveries", request_body = CancellationBody,
    params(
        ("recovery" = RecoveryId, Path),
        ("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")
    ),
    responses((status = 200, body = ChangedRecovery))
)]
#[post("/recoveries/{recovery}/cancellation")]
async fn post_cancellation(
    call: Call<Collectors, CancellationBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, recovery, body) = (call.actor.city(), call.path_id("recovery")?, call.body);
    let target = Target::read(&readers, &vault, call.actor, call.context, recovery).await?;
    let id = CancellationId::new();
    let note = cancel::seal(&vault, recovery, id, &body.note)?;
    let action = Cancel { target, countersigned: call.countersigned, id, note };
    book.play(city, Key::Of(call.key), action).await
}

/// Recoveries of the caller's scope, the newest first, debtors masked. The read is recorded.
#[utoipa::path(tag = "recoveries", params(RecoveryQuery), responses((status = 200, body = Paged<RecoveryAnswer>)))]
#[get("/recoveries")]
async fn get_recoveries(
    read: Read<RecoveryReaders, RecoveryQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let found = list(&readers, &vault, &read.actor, &read.query).await?;
    record(&book, &read.actor, Look::List(found.items.len())).await?;
    Reply::json(200, &found)
}

/// One recovery with what came in, its debtor masked. The read is recorded.
#[utoipa::path(tag = "recoveries", params(("recovery" = RecoveryId, Path)), responses((status = 200, body = RecoveryDetail)))]
#[get("/recoveries/{recovery}")]
async fn get_recovery(
    read: Read<RecoveryReaders, NoQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    Reply::json(200, &find(&readers, &vault, &book, &read.actor, read.path_id("recovery")?).await?)
}

/// What is asked for, its debtor sealed and indexed as the people of the case's street, or of the hospital, are.
fn impose(call: Call<Imposers, RecoveryBody>, asked: Asked, vault: &Vault) -> Result<Impose, Problem> {
    let (id, body, today) = (RecoveryId::new(), call.body, day(Timestamp::now()));
    let fine = body.fine();
    let number = IdNumber::parse(body.debtor.id_type, &body.debtor.id_no, today);
    let number = number.map_err(|wrong| Problem::fault("/debtor/id_no", wrong.reason()))?;
    let debtor = Debtor { id_type: body.debtor.id_type, id_no: number.expose().to_owned(), name: body.debtor.name };
    let (party, commitment) = debtor.seal(vault, id)?;
    let days = |parts: Vec<InstalmentBody>| parts.into_iter().map(|part| (part.due, part.amount_fen.fen())).collect();
    Ok(Impose {
        actor: call.actor,
        context: call.context,
        leaf: LeafId::new(),
        id,
        debtor: person_index(vault, &number, &asked.place),
        asked,
        party,
        commitment,
        principal: body.principal_fen.fen(),
        fine,
        instalments: body.instalments.map(days),
        bar_until: body.bar_until,
        authority_ref: body.authority_ref.into_string(),
    })
}

/// Routes of recoveries.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_recovery)
        .service(post_receipt)
        .service(post_write_off)
        .service(post_refund)
        .service(post_cancellation)
        .service(get_recoveries)
        .service(get_recovery);
}
