//! The rows of stores: goods, and what goes in and out.

use std::sync::Arc;

use jiff::Timestamp;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::records::record;
use crate::book::session::Session;
use crate::book::{Facts, Keys};
use crate::division::{City, Division};
use crate::id::{CaseId, GoodsId};
use crate::money::Fen;
use crate::stored::terms;

terms! {
    /// Why a stock changed.
    GoodsMoveKind "goods_move_kind" {
        /// It came in.
        Delivered "delivered",
        /// A household got it.
        HandedOut "handed_out",
        /// Somebody counted, and it was another number.
        Counted "counted",
    }
}

/// Goods in a store.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct GoodsRow {
    pub city: City,
    pub id: GoodsId,
    pub division: Division,
    pub name: Arc<str>,
    pub unit: Arc<str>,
    pub value: Fen,
    pub stock: i64,
    pub version: i64,
    pub registered_by: Subject,
    pub registered_at: Timestamp,
}

/// What went in or out.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct GoodsMoveRow {
    pub city: City,
    pub goods: GoodsId,
    pub version: i64,
    pub kind: GoodsMoveKind,
    pub change: i64,
    pub stock: i64,
    pub case: Option<CaseId>,
    pub officer: Subject,
    pub reference: Option<String>,
}

impl GoodsRow {
    /// The goods after a change of their stock, and the row that tells of it. `None` when there are not so many.
    pub fn moved(&self, kind: GoodsMoveKind, change: i64, officer: &Subject) -> Option<(Self, GoodsMoveRow)> {
        let stock = self.stock.checked_add(change).filter(|stock| *stock >= 0)?;
        let version = self.version.checked_add(1)?;
        let row = GoodsMoveRow {
            city: self.city,
            goods: self.id,
            version,
            kind,
            change,
            stock,
            case: None,
            officer: officer.clone(),
            reference: None,
        };
        Some((Self { stock, version, ..self.clone() }, row))
    }
}

record! { GoodsRecord<'a> "goods" (row: &'a GoodsRow, _now) {
    city: City = row.city,
    id: GoodsId = row.id,
    division: Division = row.division,
    name: &'a str = &row.name,
    unit: &'a str = &row.unit,
    value: Fen = row.value,
    stock: i64 = row.stock,
    version: i64 = row.version,
    registered_by: &'a str = row.registered_by.as_str(),
    registered_at: Timestamp = row.registered_at,
} }

record! { GoodsMoveRecord<'a> "goods_move" (row: &'a GoodsMoveRow, now) {
    city: City = row.city,
    goods_id: GoodsId = row.goods,
    version: i64 = row.version,
    kind: GoodsMoveKind = row.kind,
    change: i64 = row.change,
    stock: i64 = row.stock,
    case_id: Option<CaseId> = row.case,
    officer: &'a str = row.officer.as_str(),
    at: Timestamp = now,
    reference: Option<&'a str> = row.reference.as_deref(),
} }

/// Locks goods after everything else. Nothing is sent when the batch names none.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.goods.is_empty() {
        return Ok(None);
    }
    let goods = split(&keys.goods);
    session.client.query_one(&session.statements.lock_goods, &[&goods.0, &goods.1]).await.map(Some)
}

/// Puts what was locked among the facts.
pub fn take(facts: &mut Facts, locked: Option<Row>) {
    if let Some(row) = locked {
        facts.goods = list::<LockedGoods>(&row, "goods").map(GoodsRow::from).map(|row| ((row.city, row.id), row)).collect();
    }
}

/// Goods as a statement reads them that returns `goods as row`.
pub fn goods(row: &Row) -> GoodsRow {
    row.get::<_, LockedGoods>("row").into()
}

#[derive(FromSql)]
#[postgres(name = "goods")]
struct LockedGoods {
    city: City,
    id: GoodsId,
    division: Division,
    name: String,
    unit: String,
    value: Fen,
    stock: i64,
    version: i64,
    registered_by: Subject,
    registered_at: Timestamp,
}

impl From<LockedGoods> for GoodsRow {
    fn from(row: LockedGoods) -> Self {
        Self {
            city: row.city,
            id: row.id,
            division: row.division,
            name: row.name.into(),
            unit: row.unit.into(),
            value: row.value,
            stock: row.stock,
            version: row.version,
            registered_by: row.registered_by,
            registered_at: row.registered_at,
        }
    }
}
