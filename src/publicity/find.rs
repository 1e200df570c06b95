//! Publications as they are read.

use std::sync::Arc;

use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::{Actor, Role};
use crate::audit;
use crate::book::{self, Book};
use crate::http::{Cursor, Page, Paged, Problem};
use crate::id::{CaseId, PublicationId};
use crate::number::CaseNumber;
use crate::publicity::answer::{ListState, PublicationAnswer, PublicationDetail, RowAnswer, WithheldCase};
use crate::publicity::name::open;
use crate::reads::Readers;
use crate::vault::Vault;

/// That an auditor looked at what is not public any more.
#[derive(Serialize)]
struct Seen {
    publication_id: PublicationId,
    rows: usize,
}

impl audit::Body for Seen {
    const KIND: &'static str = "publicity.seen";
}

impl book::Look for Seen {
    fn sealed(&self) -> Option<CaseId> {
        None
    }
}

/// A page of publications, the last first.
pub async fn list(readers: &Readers, actor: &Actor, page: &Page) -> Result<Paged<PublicationAnswer>, Problem> {
    let after: Option<PublicationId> = page.cursor.as_ref().map(Cursor::id).transpose()?;
    let sql = include_str!("../../sql/publicity/list.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &after, &page.limit.rows()]).await?;
    let items = rows.iter().map(PublicationAnswer::read).collect();
    Ok(Paged::cut(items, page.limit, |publication: &PublicationAnswer| publication.id.uuid().as_bytes().to_vec()))
}

/// One publication with its rows, as far as they may be seen.
pub async fn find(
    readers: &Readers,
    vault: &Vault,
    book: &Book,
    actor: &Arc<Actor>,
    id: PublicationId,
) -> Result<PublicationDetail, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/publicity/find.sql"), &[&actor.city(), &id]).await?;
    let publication = PublicationAnswer::read(&row.ok_or_else(|| Problem::outside_scope(actor.scope))?);
    let audits = actor.roles.has(Role::Auditor);
    let is_public = publication.state == ListState::Shown;
    if !is_public && !audits {
        return Ok(PublicationDetail { publication, rows: vec![], withheld: vec![] });
    }
    let found = readers.all(actor, include_str!("../../sql/publicity/rows.sql"), &[&actor.city(), &id, &audits]).await?;
    let (hidden, shown): (Vec<&Row>, Vec<&Row>) = found.iter().partition(|row| row.get("sealed"));
    if !is_public || !hidden.is_empty() {
        book.saw(actor, Seen { publication_id: id, rows: found.len() }).await?;
    }
    let rows = shown.into_iter().zip(1..).map(|(row, place)| show(vault, id, row, place, audits)).collect::<Result<_, _>>()?;
    Ok(PublicationDetail { publication, rows, withheld: hidden.into_iter().map(withheld).collect() })
}

fn show(vault: &Vault, id: PublicationId, row: &Row, place: usize, audits: bool) -> Result<RowAnswer, Problem> {
    Ok(RowAnswer {
        place,
        name: open(vault, id, row.get("place"), row.get("name"))?,
        street: row.get("street"),
        lane: row.get("lane"),
        granted_fen: row.get("granted"),
        granted_on: row.get("granted_on"),
        case_id: audits.then(|| row.get("case_id")),
    })
}

fn withheld(row: &Row) -> WithheldCase {
    let number = CaseNumber { street: row.get("case_street"), day: row.get("case_day"), ordinal: row.get("case_ordinal") };
    WithheldCase { case_id: row.get("case_id"), number }
}
