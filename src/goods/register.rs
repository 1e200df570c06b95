//! `POST /v1/goods`: goods are counted into a store for the first time.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Facts, GoodsMoveKind, GoodsRow, Keys, Move, Ruling};
use crate::division::Division;
use crate::goods::answer::done;
use crate::http::Problem;
use crate::id::{GoodsId, LeafId};
use crate::money::Fen;

/// Goods to be registered.
pub struct Register {
    pub actor: Arc<Actor>,
    pub id: GoodsId,
    pub division: Division,
    pub name: Arc<str>,
    pub unit: Arc<str>,
    pub value: Fen,
    pub stock: i64,
    pub leaf: LeafId,
}

impl Move for Register {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        if !self.actor.reaches(&self.division) {
            return Ruling::rejected(Problem::outside_scope(self.division));
        }
        let empty = GoodsRow {
            city: self.division.city(),
            id: self.id,
            division: self.division,
            name: self.name.clone(),
            unit: self.unit.clone(),
            value: self.value,
            stock: 0,
            version: 0,
            registered_by: self.actor.subject.clone(),
            registered_at: facts.now(),
        };
        match empty.moved(GoodsMoveKind::Counted, self.stock, &self.actor.subject) {
            Some((goods, row)) => done(&self.actor, facts, self.leaf, 201, goods, Some(row)),
            None => done(&self.actor, facts, self.leaf, 201, empty, None),
        }
    }
}
