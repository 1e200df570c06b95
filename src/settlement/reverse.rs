//! `POST /v1/settlements/reverse`: a message is taken back (冲正), also before it came.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, MessageRow, Move, Rows, Ruling};
use crate::http::Problem;
use crate::id::LeafId;
use crate::settlement::answer::{EvidenceAnswer, FenceState, FencedAnswer};
use crate::settlement::target::changed_meanwhile;

/// Fences off a message that no settlement is known of: it is refused when it comes.
pub struct Fence {
    pub actor: Arc<Actor>,
    pub leaf: LeafId,
    pub hospital: String,
    pub message: String,
    /// Why, sealed.
    pub reason: Arc<[u8]>,
}

#[derive(Serialize)]
struct Fenced<'a> {
    hospital: &'a str,
    message_id: &'a str,
}

impl audit::Body for Fenced<'_> {
    const KIND: &'static str = "settlement.fenced";
}

impl Move for Fence {
    fn keys(&self, keys: &mut Keys) {
        keys.message(self.actor.city(), &self.hospital, &self.message);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let city = self.actor.city();
        let known = facts.settlements().message(city, &self.hospital, &self.message);
        if let Some((id, _)) = known.and_then(|known| known.settlement) {
            // It came between reading and locking, or it was settled elsewhere.
            let row = facts.settlements().settlement(city, id);
            return match row.filter(|row| !self.actor.reaches(&row.division)) {
                Some(row) => Ruling::rejected(Problem::outside_scope(row.division)),
                None => changed_meanwhile(),
            };
        }
        let mut rows = Rows::default();
        if known.is_none() {
            let (hospital, message, reason) = (self.hospital.clone(), self.message.clone(), Some(self.reason.clone()));
            rows.settlements.messages.push(MessageRow { city, hospital, message, settlement: None, reason });
        }
        let said = Fenced { hospital: &self.hospital, message_id: &self.message };
        let leaf = Leaf::new(city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let receipt = EvidenceAnswer { leaf_hash: leaf.hash() };
        rows.leaves.push(leaf);
        let answer = FencedAnswer { message_id: self.message.clone(), state: FenceState::Fenced, receipt };
        Ruling::Done(Box::new(rows), Answer::json(200, &answer))
    }
}
