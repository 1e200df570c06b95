//! The alarms of a scope, the newest first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::book::AlarmKind;
use crate::division::Division;
use crate::http::{Cursor, Page, Paged, Problem};
use crate::money::Fen;
use crate::reads::Readers;
use crate::time::rfc3339;

/// An alarm.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AlarmAnswer {
    kind: AlarmKind,
    /// The fund, payment, case or cash difference.
    #[schema(value_type = String, format = Uuid)]
    about: Uuid,
    division: Division,
    /// What is left of the fund, what is asked for, what is under way, or by how much a count differs, in fen.
    amount_fen: Option<Fen>,
    /// When it was raised.
    #[schema(format = DateTime)]
    at: String,
}

/// The row a page ended with.
#[derive(Serialize, Deserialize)]
struct Last {
    at: Timestamp,
    about: Uuid,
    kind: AlarmKind,
    mark: i64,
}

/// A page of alarms.
pub async fn list(readers: &Readers, actor: &Actor, page: &Page) -> Result<Paged<AlarmAnswer>, Problem> {
    let after: Option<Last> = page.cursor.as_ref().map(Cursor::json).transpose()?;
    let (at, about) = (after.as_ref().map(|last| last.at), after.as_ref().map(|last| last.about));
    let (kind, mark) = (after.as_ref().map(|last| last.kind), after.as_ref().map(|last| last.mark));
    let sees_sealed = actor.roles.has(Role::Auditor);
    let sql = include_str!("../../sql/alarm/list.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &sees_sealed, &at, &about, &kind, &mark, &page.limit.rows()]).await?;
    let page = Paged::cut(rows.iter().collect(), page.limit, |row: &&Row| {
        let last = Last { at: row.get("at"), about: row.get("about"), kind: row.get("kind"), mark: row.get("mark") };
        serde_json::to_vec(&last).unwrap_or_default()
    });
    Ok(Paged { items: page.items.into_iter().map(AlarmAnswer::from).collect(), next_cursor: page.next_cursor })
}

impl From<&Row> for AlarmAnswer {
    fn from(row: &Row) -> Self {
        Self {
            kind: row.get("kind"),
            about: row.get("about"),
            division: row.get("division"),
            amount_fen: row.get("amount"),
            at: rfc3339(row.get("at")),
        }
    }
}
