//! `POST /v1/goods/{goods}/deliveries`: more of the same comes in.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Facts, GoodsMoveKind, GoodsMoveRow, Keys, Move, Ruling};
use crate::goods::answer::done;
use crate::goods::read::locked;
use crate::http::Problem;
use crate::id::{GoodsId, LeafId};

/// A delivery.
pub struct Deliver {
    pub actor: Arc<Actor>,
    pub goods: GoodsId,
    pub quantity: i64,
    pub reference: Option<String>,
    pub leaf: LeafId,
}

impl Move for Deliver {
    fn keys(&self, keys: &mut Keys) {
        keys.goods(self.actor.city(), self.goods);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let goods = match locked(&self.actor, facts, self.goods) {
            Ok(goods) => goods,
            Err(ruling) => return ruling,
        };
        match goods.moved(GoodsMoveKind::Delivered, self.quantity, &self.actor.subject) {
            Some((goods, row)) => {
                let row = GoodsMoveRow { reference: self.reference.clone(), ..row };
                done(&self.actor, facts, self.leaf, 201, goods, Some(row))
            }
            None => Ruling::rejected(Problem::fault("/quantity", "the stock would leave 64 bits")),
        }
    }
}
