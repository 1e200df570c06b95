//! `POST /v1/goods/{goods}/deliveries` and `/counts`: more of the same comes in, or somebody counts what is really there. A count that
//! differs from the stock stays visible as a difference, with who counted.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{Facts, GoodsMoveKind, GoodsMoveRow, Keys, Move, Ruling};
use crate::goods::answer::done;
use crate::goods::read::locked;
use crate::http::Problem;
use crate::id::{GoodsId, LeafId};

/// What is said of a stock.
#[derive(Clone, Copy)]
pub enum Said {
    /// So many came in.
    Delivered(u32),
    /// So many are there.
    Counted(u32),
}

/// A stock that changes.
pub struct ChangeStock {
    pub actor: Arc<Actor>,
    pub goods: GoodsId,
    pub said: Said,
    pub reference: Option<String>,
    pub leaf: LeafId,
}

impl Move for ChangeStock {
    fn keys(&self, keys: &mut Keys) {
        keys.goods(self.actor.city(), self.goods);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let goods = match locked(&self.actor, facts, self.goods) {
            Ok(goods) => goods,
            Err(ruling) => return ruling,
        };
        let (status, kind, change) = match self.said {
            Said::Delivered(quantity) => (201, GoodsMoveKind::Delivered, quantity.into()),
            Said::Counted(quantity) => (200, GoodsMoveKind::Counted, i64::from(quantity).saturating_sub(goods.stock)),
        };
        match goods.moved(kind, change, &self.actor.subject) {
            Some((goods, row)) => {
                let row = GoodsMoveRow { reference: self.reference.clone(), ..row };
                done(&self.actor, facts, self.leaf, status, goods, Some(row))
            }
            None => Ruling::rejected(Problem::fault("/quantity", "the stock would leave 64 bits")),
        }
    }
}
