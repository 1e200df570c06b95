//! `POST /v1/waivers/{waiver}/close`: the stay is over, without a settlement.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::{Actor, Role};
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, Move, Rows, Ruling, WaiverEnd, WaiverRow, WaiverState};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{LeafId, WaiverId};
use crate::waiver::answer::WaiverAnswer;

/// A promise to be closed.
pub struct Close {
    pub actor: Arc<Actor>,
    pub id: WaiverId,
    pub leaf: LeafId,
}

impl Move for Close {
    fn keys(&self, keys: &mut Keys) {
        keys.waiver(self.actor.city(), self.id);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(open) = facts.waiver(self.actor.city(), self.id).filter(|row| is_of(&self.actor, row)) else {
            return Ruling::rejected(Problem::outside_scope(self.actor.scope));
        };
        if open.state == WaiverState::Closed {
            return Ruling::rejected(Problem::new(Code::Conflict, "the promise is closed"));
        }
        let closed = open.closed(WaiverEnd::Hospital, facts.now());
        let said = Closed { closed_as: WaiverEnd::Hospital, version: closed.version, waiver_id: closed.id };
        let leaf = Leaf::new(closed.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let Some(answer) = WaiverAnswer::of(&closed) else {
            return Ruling::rejected(Problem::internal("a promise does not hold its discounts"));
        };
        let rows = Rows { waivers: vec![closed], leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::json(200, &answer))
    }
}

/// A promise exists for the hospital it was made to; for others, in their scope.
pub fn is_of(actor: &Actor, row: &WaiverRow) -> bool {
    let own = actor.hospital.as_deref() == Some(row.hospital.as_str());
    actor.reaches(&row.division) && (own || !actor.roles.has(Role::Hospital))
}

#[derive(Serialize)]
struct Closed {
    closed_as: WaiverEnd,
    version: i64,
    waiver_id: WaiverId,
}

impl audit::Body for Closed {
    const KIND: &'static str = "waiver.closed";
}
