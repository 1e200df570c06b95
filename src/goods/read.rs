//! Goods as they are read: without a lock for people, under lock for verbs.

use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::{Actor, Role, Subject};
use crate::book::{Facts, GoodsMoveKind, GoodsRow, Ruling, read_goods};
use crate::http::{Cursor, Page, Paged, Problem};
use crate::id::{CaseId, GoodsId};
use crate::reads::Readers;
use crate::time::rfc3339;

use crate::goods::answer::GoodsAnswer;

/// What went in or out of a store.
#[derive(Serialize, utoipa::ToSchema)]
pub struct GoodsMoveAnswer {
    version: i64,
    kind: GoodsMoveKind,
    /// More or fewer.
    change: i64,
    /// How many were there afterwards.
    stock: i64,
    /// Who got it; null for a case that is kept from view.
    case_id: Option<CaseId>,
    officer: String,
    #[schema(format = DateTime)]
    at: String,
    reference: Option<String>,
}

/// Goods under lock, if their store lies in the caller's scope.
pub fn locked<'a>(actor: &Actor, facts: &'a Facts, id: GoodsId) -> Result<&'a GoodsRow, Ruling> {
    match facts.goods(actor.city(), id) {
        Some(goods) if actor.reaches(&goods.division) => Ok(goods),
        Some(goods) => Err(Ruling::rejected(Problem::outside_scope(goods.division))),
        None => Err(Ruling::rejected(Problem::outside_scope(actor.scope))),
    }
}

/// A page of goods.
pub async fn list(readers: &Readers, actor: &Actor, page: &Page) -> Result<Paged<GoodsAnswer>, Problem> {
    let after: Option<GoodsId> = page.cursor.as_ref().map(Cursor::id).transpose()?;
    let sql = include_str!("../../sql/goods/list.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &after, &page.limit.rows()]).await?;
    let page = Paged::cut(rows.iter().map(read_goods).collect(), page.limit, |goods| goods.id.uuid().as_bytes().to_vec());
    Ok(Paged { items: page.items.iter().map(GoodsAnswer::from).collect(), next_cursor: page.next_cursor })
}

/// Goods by their id.
pub async fn find(readers: &Readers, actor: &Actor, id: GoodsId) -> Result<GoodsRow, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/goods/find.sql"), &[&actor.city(), &id]).await?;
    row.as_ref().map(read_goods).ok_or_else(|| Problem::outside_scope(actor.scope))
}

/// A page of what went in and out, the last first.
pub async fn moves(readers: &Readers, actor: &Actor, id: GoodsId, page: &Page) -> Result<Paged<GoodsMoveAnswer>, Problem> {
    let before: Option<i64> = page.cursor.as_ref().map(Cursor::json).transpose()?;
    let sql = include_str!("../../sql/goods/moves.sql");
    let sees_sealed = actor.roles.has(Role::Auditor);
    let rows = readers.all(actor, sql, &[&actor.city(), &id, &before, &page.limit.rows(), &sees_sealed]).await?;
    let page = Paged::cut(rows.iter().map(GoodsMoveAnswer::from).collect(), page.limit, |row: &GoodsMoveAnswer| {
        serde_json::to_vec(&row.version).unwrap_or_default()
    });
    Ok(page)
}

impl From<&Row> for GoodsMoveAnswer {
    fn from(row: &Row) -> Self {
        Self {
            version: row.get("version"),
            kind: row.get("kind"),
            change: row.get("change"),
            stock: row.get("stock"),
            case_id: row.get("case_id"),
            officer: row.get::<_, Subject>("officer").sub().to_owned(),
            at: rfc3339(row.get("at")),
            reference: row.get("reference"),
        }
    }
}
