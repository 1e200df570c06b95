//! That somebody looked: reads of a patient's bill are recorded before they are answered.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::http::Problem;
use crate::id::{LeafId, SettlementId};

struct Seen {
    actor: Arc<Actor>,
    settlement: SettlementId,
    leaf: LeafId,
}

#[derive(Serialize)]
struct Said {
    settlement_id: SettlementId,
}

impl audit::Body for Said {
    const KIND: &'static str = "settlement.seen";
}

impl Move for Seen {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        let said = Said { settlement_id: self.settlement };
        let leaf = Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::recorded())
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, settlement: SettlementId) -> Result<(), Problem> {
    book.note(actor.city(), Seen { actor: actor.clone(), settlement, leaf: LeafId::new() }).await
}
