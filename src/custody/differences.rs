//! The differences of a scope, the newest first.

use std::sync::Arc;

use crate::actor::{Actor, Role};
use crate::book::{DifferenceRow, read_difference};
use crate::custody::answer::DifferenceAnswer;
use crate::custody::body::{DifferenceQuery, DifferenceState};
use crate::custody::list::within;
use crate::http::{Cursor, Paged, Problem, Text};
use crate::id::DifferenceId;
use crate::reads::Readers;
use crate::vault::Vault;

/// A page of differences.
pub async fn list(
    readers: &Readers,
    vault: &Vault,
    actor: &Actor,
    query: &DifferenceQuery,
) -> Result<Paged<DifferenceAnswer>, Problem> {
    let division = within(actor, query.division)?;
    let open = query.state.map(|state| state == DifferenceState::Open);
    let after: Option<DifferenceId> = query.cursor.as_ref().map(Cursor::id).transpose()?;
    let sql = include_str!("../../sql/custody/differences.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &division, &open, &after, &query.limit.rows()]).await?;
    let differences: Vec<DifferenceRow> = rows.iter().map(read_difference).collect();
    let page = Paged::cut(differences, query.limit, |difference| difference.id.uuid().as_bytes().to_vec());
    let items = page.items.iter().map(|difference| told(vault, actor, difference)).collect::<Result<_, _>>()?;
    Ok(Paged { items, next_cursor: page.next_cursor })
}

/// A difference, with its note for finance and auditors.
pub fn told(vault: &Vault, actor: &Actor, difference: &DifferenceRow) -> Result<DifferenceAnswer, Problem> {
    let entitled = actor.roles.has(Role::Finance) || actor.roles.has(Role::Auditor);
    let sealed = difference.resolved.as_ref().and_then(|resolved| resolved.note.as_deref()).filter(|_| entitled);
    let open = |sealed: &[u8]| {
        let plain = vault.unseal(sealed, context(difference.id.uuid()).as_bytes()).map_err(Problem::internal)?;
        Ok::<_, Problem>(String::from_utf8_lossy(plain.plaintext()).into_owned())
    };
    Ok(DifferenceAnswer::of(difference, sealed.map(open).transpose()?))
}

/// A note is bound to its shift or difference.
fn context(about: uuid::Uuid) -> String {
    format!("custody/{about}/note")
}

/// Seals what an officer says of a count.
pub fn seal(vault: &Vault, about: uuid::Uuid, text: &Text<500>) -> Result<Arc<[u8]>, Problem> {
    let sealed = vault.seal(text.as_bytes(), context(about).as_bytes()).map_err(Problem::internal)?;
    Ok(sealed.as_bytes().into())
}
