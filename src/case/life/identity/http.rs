//! The edge of identities.

use actix_web::post;
use actix_web::web::Data;

use crate::book::{Book, Key};
use crate::case::life::change::ChangedCase;
use crate::case::life::http::{Approvers, Window};
use crate::case::life::identity::body::{MergeBody, UndoBody};
use crate::case::life::identity::merge::{Merge, People};
use crate::case::life::identity::undo::{Merged, Undo};
use crate::case::life::note::Note;
use crate::case::life::target::Target;
use crate::http::{Call, Problem, Reply};
use crate::id::{CaseId, HoldId};
use crate::reads::Readers;
use crate::vault::Vault;

/// Merges a temporary identity of a case into a real one. The caps are run again; number, receipts and what is paid stay.
///
/// 409 `CONFLICT` when nobody of the case has the temporary number, or the real person is of the case already.
#[utoipa::path(tag = "cases", request_body = MergeBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/identity")]
async fn post_identity(
    call: Call<Window, MergeBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let note = Note::seal(&vault, case, Some(&call.body.note))?;
    let (target, row) = Target::read(&readers, call.actor, call.context, case).await?;
    let people = People::find(&vault, &row, &call.body)?;
    book.play(city, Key::Of(call.key), Merge { target, people, note, successor: HoldId::new() }).await
}

/// Takes back the last merge of a case that stands. What the merge gave back to the fund stays there.
///
/// 409 `CONFLICT` when no merge stands.
#[utoipa::path(tag = "cases", request_body = UndoBody, params(("case" = CaseId, Path)), responses((status = 200, body = ChangedCase)))]
#[post("/cases/{case}/identity/undo")]
async fn post_identity_undo(
    call: Call<Approvers, UndoBody>,
    readers: Data<Readers>,
    vault: Data<Vault>,
    book: Data<Book>,
) -> Result<Reply, Problem> {
    let (city, case) = (call.actor.city(), call.path_id("case")?);
    let note = Note::seal(&vault, case, Some(&call.body.note))?;
    let (target, _) = Target::read(&readers, call.actor, call.context, case).await?;
    let merged = Merged::read(&readers, &vault, &target).await?;
    book.play(city, Key::Of(call.key), Undo { target, merged, note }).await
}

/// Routes of identities.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_identity).service(post_identity_undo);
}
