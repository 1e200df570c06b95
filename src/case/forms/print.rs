//! A form of a case, for those who may see the case.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::Book;
use crate::case::find::open;
use crate::case::forms::sheet::Sheet;
use crate::case::forms::{Form, approval, receipt, referral, refusal};
use crate::case::seen::{Look, record};
use crate::code::Code;
use crate::http::{Problem, Reply};
use crate::id::CaseId;
use crate::reads::Readers;
use crate::vault::Vault;

/// Fills a form in, and records that it was looked at before it is shown.
pub async fn print(
    readers: &Readers,
    vault: &Vault,
    book: &Book,
    actor: &Arc<Actor>,
    id: CaseId,
    form: Form,
) -> Result<Reply, Problem> {
    let row = open(readers, book, actor, include_str!("../../../sql/case/form.sql"), id).await?;
    let sheet = Sheet::read(&row, vault, book.rules(), actor)?;
    let page = match form {
        Form::Approval => Some(approval::fill(&sheet)),
        Form::Receipt => receipt::fill(&sheet),
        Form::Refusal => refusal::fill(&sheet),
        Form::Referral => referral::fill(&sheet),
    };
    let state = sheet.case.state.as_str();
    let page = page.ok_or_else(|| Problem::new(Code::Conflict, format!("this case, {state}, has no {}", form.as_str())))?;
    if row.get("sealed") {
        record(book, actor, Look::Sealed(id)).await?;
    }
    record(book, actor, Look::Form { case: id, form }).await?;
    Ok(page)
}
