//! What a store is told, and what its leaves say.

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, GoodsMoveKind, GoodsMoveRow, GoodsRow, Rows, Ruling};
use crate::division::Division;
use crate::id::{GoodsId, LeafId};
use crate::money::Fen;

/// Goods in a store.
#[derive(Serialize, utoipa::ToSchema)]
pub struct GoodsAnswer {
    /// Their identifier.
    pub id: GoodsId,
    /// Whose store it is.
    pub division: Division,
    /// What it is.
    pub name: String,
    /// What one of it is called.
    pub unit: String,
    /// What one of it is worth, in fen.
    pub value_fen: Fen,
    /// How many are there.
    pub stock: i64,
    /// +1 with every change of the stock.
    pub version: i64,
}

impl From<&GoodsRow> for GoodsAnswer {
    fn from(goods: &GoodsRow) -> Self {
        Self {
            id: goods.id,
            division: goods.division,
            name: goods.name.to_string(),
            unit: goods.unit.to_string(),
            value_fen: goods.value,
            stock: goods.stock,
            version: goods.version,
        }
    }
}

#[derive(Serialize)]
struct Moved<'a> {
    change: i64,
    goods_id: GoodsId,
    goods_kind: GoodsMoveKind,
    reference: Option<&'a str>,
    stock: i64,
    value_fen: Fen,
    version: i64,
}

impl audit::Body for Moved<'_> {
    const KIND: &'static str = "goods.moved";
}

/// Goods after a change of their stock.
pub fn done(actor: &Actor, facts: &Facts, leaf: LeafId, status: u16, goods: GoodsRow, row: Option<GoodsMoveRow>) -> Ruling {
    let said = Moved {
        change: row.as_ref().map_or(0, |row| row.change),
        goods_id: goods.id,
        goods_kind: row.as_ref().map_or(GoodsMoveKind::Counted, |row| row.kind),
        reference: row.as_ref().and_then(|row| row.reference.as_deref()),
        stock: goods.stock,
        value_fen: goods.value,
        version: goods.version,
    };
    let leaf = Leaf::new(goods.city, leaf, facts.now(), actor.subject.as_str(), &said);
    let answer = Answer::json(status, &GoodsAnswer::from(&goods));
    let rows = Rows { goods: vec![goods], goods_moves: row.into_iter().collect(), leaves: vec![leaf], ..Rows::default() };
    Ruling::Done(Box::new(rows), answer)
}
