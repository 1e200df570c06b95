//! The edge of a case's life.

use std::sync::Arc;

use actix_web::post;
use actix_web::web::Data;

use crate::actor::{Role, Roles};
use crate::book::{Book, Key};
use crate::case::body::PaymentBody;
use crate::case::life::approve::Approve;
use crate::case::life::body::{
    ApprovalBody, OutcomeBody, PaperBody, PayBody, ReasonBody, ReferralBody, ReviewBody, WayOutBody, digest_of,
};
use crate::case::life::change::ChangedCase;
use crate::case::life::decline::Decline;
use crate::case::life::identity;
use crate::case::life::in_kind::Wanted;
use crate::case::life::note::Note;
use crate::case::life::papers::Paper;
use crate::case::life::pay::{Pay, Payments};
use crate::case::life::refer::{Outcome, OutcomeAnswer, Refer, ReferralAnswer};
use crate::case::life::review::Review;
use crate::case::life::target::Target;
use crate::case::life::way_out::TakeWayOut;
use crate::case::life::withdraw::Withdraw;
use crate::case::party::{count, seal_after};
use crate::case::payment::Payment;
use crate::case::request::plans;
use crate::http::{Access, Call, Problem, Reply};
use crate::id::{CaseId, HoldId, LeafId, NoteId, OptionId, ReferralId};
use crate::money::Amount;
use crate::policy::Wish;
use crate::reads::Readers;
use crate::vault::Vault;

/// Officers of a street window.
pub struct Window;

impl Access for Window {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Approver]);
}

/// Who grants, declines and reviews.
pub struct Approvers;

impl Access for Approvers {
    const ROLES: Roles = Roles::of(&[Role::Approver]);
}

/// Who pays.
pub struct Payers;

impl Access for Payers {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Cashier]);
}

/// Grants an accepted case; the money is held until it is paid. Another person than the handler approves.
#[utoipa::path(tag = "cases", request_body = ApprovalBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/approval")]
async fn post_approval(
    call: Call<Approvers, ApprovalBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case, body) = (call.actor.city(), call.path_id("case")?, call.body);
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    let approve = Approve {
        target,
        offered: body.granted_fen.map(Amount::fen),
        note: Note::seal(&vault, case, Some(&body.note))?,
        repeat: body.repeat_reason.map(|reason| Note::seal(&vault, case, Some(&reason))).transpose()?,
        hold: HoldId::new(),
        options: [OptionId::new(), OptionId::new(), OptionId::new(), OptionId::new()],
    };
    book.play(city, Key::Of(call.key), approve).await
}

/// Declines an accepted case in writing.
#[utoipa::path(tag = "cases", request_body = ReasonBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/decline")]
async fn post_decline(
    call: Call<Approvers, ReasonBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let reason = Note::seal(&vault, case, Some(&call.body.reason))?;
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    book.play(city, Key::Of(call.key), Decline { target, reason }).await
}

/// The household withdraws; what is granted and not paid goes back.
#[utoipa::path(tag = "cases", request_body = ReasonBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/withdrawal")]
async fn post_case_withdrawal(
    call: Call<Window, ReasonBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let reason = Note::seal(&vault, case, Some(&call.body.reason))?;
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    book.play(city, Key::Of(call.key), Withdraw { target, reason }).await
}

/// Pays what is held for a case, wholly or in part. Who approved does not pay the cash.
#[utoipa::path(
    tag = "cases", request_body = PayBody,
    params(
        ("case" = CaseId, Path),
        ("Countersign" = Option<String>, Header, description = "JWT of a second officer over this very request")
    ),
    responses((status = 201, body = ChangedCase))
)]
#[post("/cases/{case}/payments")]
async fn post_payments(
    call: Call<Payers, PayBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let (target, row) = Target::read(&readers, call.actor, call.context, case).await?;
    let payments = payments(&vault, &row, call.body.payments)?;
    let pay = Pay { target, countersigned: call.countersigned, payments, successor: HoldId::new(), denial: LeafId::new() };
    book.play(city, Key::Of(call.key), pay).await
}

/// Carries out a way out of a refusal for lack of money.
#[utoipa::path(
    tag = "cases", request_body = WayOutBody, params(("case" = CaseId, Path), ("option" = OptionId, Path)),
    responses((status = 200, body = ChangedCase))
)]
#[post("/cases/{case}/options/{option}")]
async fn post_option(
    call: Call<Window, WayOutBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case, option) = (call.actor.city(), call.path_id("case")?, call.path_id("option")?);
    let (target, row) = Target::read(&readers, call.actor, call.context, case).await?;
    let payments = payments(&vault, &row, call.body.payments)?;
    let goods = call.body.goods.iter().map(Wanted::from).collect();
    let county = row.division.county().unwrap_or(row.division);
    book.play(city, Key::Of(call.key), TakeWayOut { target, option, hold: HoldId::new(), county, payments, goods }).await
}

/// A missing paper has come. When all are there and everything is paid, the case is completed.
#[utoipa::path(tag = "cases", request_body = PaperBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/papers")]
async fn post_paper(
    call: Call<Window, PaperBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case, body) = (call.actor.city(), call.path_id("case")?, call.body);
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    let note = Note::seal(&vault, case, body.note.as_ref())?.sealed();
    let paper = Paper { target, kind: body.kind.into_string(), sha256: body.sha256.as_deref().and_then(digest_of), note };
    book.play(city, Key::Of(call.key), paper).await
}

/// Another officer looks at what one decided alone.
#[utoipa::path(tag = "cases", request_body = ReviewBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/review")]
async fn post_review(
    call: Call<Approvers, ReviewBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let note = Note::seal(&vault, case, Some(&call.body.note))?;
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    book.play(city, Key::Of(call.key), Review { target, outcome: call.body.outcome, note }).await
}

/// Passes the household on to another office.
#[utoipa::path(tag = "cases", request_body = ReferralBody, params(("case" = CaseId, Path)), responses((status = 201, body = ReferralAnswer)))]
#[post("/cases/{case}/referrals")]
async fn post_referral(
    call: Call<Window, ReferralBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case, body) = (call.actor.city(), call.path_id("case")?, call.body);
    let reason = Note::seal(&vault, case, Some(&body.reason))?;
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    let refer =
        Refer { target, id: ReferralId::from(reason.id()), unit: body.to.into_string(), reason: reason.sealed(), due: body.due };
    book.play(city, Key::Of(call.key), refer).await
}

/// What came of a referral. Said once.
#[utoipa::path(
    tag = "cases", request_body = OutcomeBody, params(("case" = CaseId, Path), ("referral" = ReferralId, Path)),
    responses((status = 200, body = OutcomeAnswer))
)]
#[post("/cases/{case}/referrals/{referral}/outcome")]
async fn post_outcome(
    call: Call<Window, OutcomeBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case, id): (_, CaseId, ReferralId) = (call.actor.city(), call.path_id("case")?, call.path_id("referral")?);
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    let sql = include_str!("../../../sql/case/referral.sql");
    let said = readers.optional(&target.actor, sql, &[&city, &case, &id]).await?.map(|row| row.get("said"));
    let said = said.ok_or_else(|| Problem::outside_scope(target.actor.scope))?;
    let note = Note::under(NoteId::from(id.uuid()), &vault, case, call.body.note.as_ref())?;
    book.play(city, Key::Of(call.key), Outcome { target, id, outcome: call.body.outcome, note, said }).await
}

/// Payments of a case as they are asked for: the holders of new accounts are sealed after the people who are there.
fn payments(vault: &Vault, case: &crate::book::CaseRow, bodies: Vec<PaymentBody>) -> Result<Payments, Problem> {
    let wishes = bodies.iter().map(|body| Wish { method: body.method, amount: body.amount_fen.map(Amount::fen) }).collect();
    let before: Vec<Payment> = serde_json::from_str(&case.payments).map_err(Problem::internal)?;
    let (payees, plans) = plans(bodies, before.len());
    let sealed = seal_after(vault, case.id, count(&case.parties), &payees)?;
    let parties: Arc<[u8]> = case.parties.iter().chain(&sealed.bytes).copied().collect();
    let parties = (!payees.is_empty()).then_some(parties);
    Ok(Payments { wishes, plans, parties, commitments: sealed.commitments, before: before.len() })
}

/// Routes of a case's life.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_approval)
        .service(post_decline)
        .service(post_case_withdrawal)
        .service(post_payments)
        .service(post_option)
        .service(post_paper)
        .service(post_review)
        .service(post_referral)
        .service(post_outcome);
    identity::routes(config);
}
