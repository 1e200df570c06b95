//! `POST /v1/goods/{goods}/counts`: what is really there. A difference to the stock stays visible as one, with who counted.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Facts, GoodsMoveKind, GoodsMoveRow, Keys, Move, Ruling};
use crate::goods::answer::done;
use crate::goods::read::locked;
use crate::http::Problem;
use crate::id::{GoodsId, LeafId};

/// A count.
pub struct Count {
    pub actor: Arc<Actor>,
    pub goods: GoodsId,
    pub quantity: i64,
    pub reference: Option<String>,
    pub leaf: LeafId,
}

impl Move for Count {
    fn keys(&self, keys: &mut Keys) {
        keys.goods(self.actor.city(), self.goods);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let goods = match locked(&self.actor, facts, self.goods) {
            Ok(goods) => goods,
            Err(ruling) => return ruling,
        };
        let change = self.quantity.saturating_sub(goods.stock);
        match goods.moved(GoodsMoveKind::Counted, change, &self.actor.subject) {
            Some((goods, row)) => {
                let row = GoodsMoveRow { reference: self.reference.clone(), ..row };
                done(&self.actor, facts, self.leaf, 200, goods, Some(row))
            }
            None => Ruling::rejected(Problem::fault("/quantity", "the stock would leave 64 bits")),
        }
    }
}
