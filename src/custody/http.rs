//! The edge of cash custody.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{Book, Key};
use crate::custody::answer::{CountedShift, DifferenceAnswer, MovedCash, ResolvedDifference, ShiftAnswer, ShiftDetail};
use crate::custody::body::{
    CashSignatureBody, CashTransferBody, CloseShiftBody, DifferenceQuery, OpenShiftBody, ResolutionBody, ShiftQuery,
};
use crate::custody::close::CloseShift;
use crate::custody::held::Held;
use crate::custody::open::OpenShift;
use crate::custody::refusal::Asker;
use crate::custody::resolve::Resolve;
use crate::custody::sign::{CashSignatureAnswer, Sign, Signable};
use crate::custody::transfer::TransferCash;
use crate::custody::{differences, find, list, resolve};
use crate::http::{Access, Call, NoQuery, Paged, Problem, Read, Reply};
use crate::id::{CashTransferId, DifferenceId, ShiftId};
use crate::reads::Readers;
use crate::vault::Vault;

/// Who holds a box.
pub struct Cashiers;

impl Access for Cashiers {
    const ROLES: Roles = Roles::of(&[Role::Cashier]);
}

/// Who closes a shift: its custodian, or finance.
pub struct Closers;

impl Access for Closers {
    const ROLES: Roles = Roles::of(&[Role::Cashier, Role::Finance]);
}

/// Who has the signed receipts.
pub struct Signers;

impl Access for Signers {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Cashier]);
}

/// Who resolves differences.
pub struct Resolvers;

impl Access for Resolvers {
    const ROLES: Roles = Roles::of(&[Role::Finance]);
}

/// Who may look at the boxes of its scope.
pub struct CustodyReaders;

impl Access for CustodyReaders {
    const ROLES: Roles = Roles::of(&[Role::Cashier, Role::Finance, Role::Auditor, Role::Clerk, Role::Approver]);
}

/// Takes over a cash box with a count. A box has one open shift, and so has an officer.
///
/// A count that is not what the shift before it left, less what was paid in cash since, is a difference. Who has approved what may still be paid in cash holds no box.
#[utoipa::path(tag = "custody", request_body = OpenShiftBody, responses((status = 201, body = CountedShift)))]
#[post("/custody/shifts")]
async fn post_shift(call: Call<Cashiers, OpenShiftBody>, book: Data<Book>) -> Result<Reply, Problem> {
    let (city, body) = (call.actor.city(), call.body);
    let open = OpenShift {
        asker: Asker::new(call.actor, call.context),
        id: ShiftId::new(),
        fund: body.fund_id,
        street: body.division,
        counted: body.count_fen.fen(),
        difference: DifferenceId::new(),
    };
    book.play(city, Key::Of(call.key), open).await
}

/// Counts a box and gives it up. A count that is not what the box should hold is a difference.
#[utoipa::path(
    tag = "custody", request_body = CloseShiftBody, params(("shift" = ShiftId, Path)),
    responses((status = 200, body = CountedShift))
)]
#[post("/custody/shifts/{shift}/close")]
async fn post_close(
    call: Call<Closers, CloseShiftBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, id): (_, ShiftId) = (call.actor.city(), call.path_id("shift")?);
    let note = call.body.note.map(|note| differences::seal(&vault, id.uuid(), &note)).transpose()?;
    let asker = Asker::new(call.actor, call.context);
    let held = Held::read(&readers, &asker, id).await?;
    let close = CloseShift { asker, held, counted: call.body.count_fen.fen(), note, difference: DifferenceId::new() };
    book.play(city, Key::Of(call.key), close).await
}

/// Draws cash from the bank into the box of an open shift, or pays it in.
///
/// With what is drawn a box never holds more than all that the fund has. A draw that was forgotten is recorded late, with its value date up
/// to 31 days back. Whether the bank has so much to give is not looked at here.
#[utoipa::path(tag = "custody", request_body = CashTransferBody, responses((status = 201, body = MovedCash)))]
#[post("/custody/transfers")]
async fn post_transfer(
    call: Call<Cashiers, CashTransferBody>,
    readers: Data<Readers>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, body) = (call.actor.city(), call.body);
    let asker = Asker::new(call.actor, call.context);
    let held = Held::read(&readers, &asker, body.shift_id).await?;
    let transfer = TransferCash {
        asker,
        held,
        id: CashTransferId::new(),
        direction: body.direction,
        amount: body.amount_fen.fen(),
        reference: body.reference.into_string(),
        value_date: body.value_date,
    };
    book.play(city, Key::Of(call.key), transfer).await
}

/// Says where the payee's signature on a cash payment is kept. Said once; the same again changes nothing.
#[utoipa::path(tag = "custody", request_body = CashSignatureBody, responses((status = 200, body = CashSignatureAnswer)))]
#[post("/custody/signatures")]
async fn post_signature(
    call: Call<Signers, CashSignatureBody>,
    readers: Data<Readers>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, body) = (call.actor.city(), call.body);
    let signable = Signable::read(&readers, &call.actor, &body).await?;
    let asker = Asker::new(call.actor, call.context);
    let (receipt_number, received_by) = (body.receipt_number, body.received_by);
    let sign = Sign { asker, signable, receipt_number, received_by, reference: body.signature_ref.into_string() };
    book.play(city, Key::Of(call.key), sign).await
}

/// Says what becomes of a difference. Needs the countersign of an approver; neither of the two held the box.
#[utoipa::path(
    tag = "custody", request_body = ResolutionBody,
    params(
        ("difference" = DifferenceId, Path),
        ("Countersign" = String, Header, description = "JWT of an approver over this very request")
    ),
    responses((status = 200, body = ResolvedDifference))
)]
#[post("/custody/differences/{difference}/resolution")]
async fn post_resolution(
    call: Call<Resolvers, ResolutionBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, id): (_, DifferenceId) = (call.actor.city(), call.path_id("difference")?);
    let note = differences::seal(&vault, id.uuid(), &call.body.note)?;
    let asker = Asker::new(call.actor, call.context);
    let fund = resolve::find(&readers, &asker, id).await?.fund;
    let action = Resolve { asker, id, fund, countersigned: call.countersigned, outcome: call.body.outcome, note };
    book.play(city, Key::Of(call.key), action).await
}

/// Shifts of the caller's scope, the newest first.
#[utoipa::path(tag = "custody", params(ShiftQuery), responses((status = 200, body = Paged<ShiftAnswer>)))]
#[get("/custody/shifts")]
async fn get_shifts(read: Read<CustodyReaders, ShiftQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &list::list(&readers, &read.actor, &read.query).await?)
}

/// One shift with its payments, transfers and differences.
#[utoipa::path(tag = "custody", params(("shift" = ShiftId, Path)), responses((status = 200, body = ShiftDetail)))]
#[get("/custody/shifts/{shift}")]
async fn get_shift(read: Read<CustodyReaders, NoQuery>, readers: Data<Readers>, vault: Data<Vault>) -> Result<Reply, Problem> {
    let id = read.path_id("shift")?;
    let asker = Asker::new(read.actor, read.context);
    Reply::json(200, &find::find(&readers, &vault, &asker, id).await?)
}

/// Differences of the caller's scope, the newest first. Their notes are for finance and auditors.
#[utoipa::path(tag = "custody", params(DifferenceQuery), responses((status = 200, body = Paged<DifferenceAnswer>)))]
#[get("/custody/differences")]
async fn get_differences(
    read: Read<CustodyReaders, DifferenceQuery>,
    readers: Data<Readers>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    Reply::json(200, &differences::list(&readers, &vault, &read.actor, &read.query).await?)
}

/// Routes of cash custody.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_shift).service(get_shifts).service(get_shift).service(post_close);
    config.service(post_transfer).service(post_signature).service(get_differences).service(post_resolution);
}
