//! That somebody looked: reads of a person's file are recorded before they are answered.

use std::sync::Arc;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{AlarmKind, AlarmRow, Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::http::Problem;
use crate::id::{CaseId, LeafId};

/// What was looked at, as its leaf says it.
pub trait Look: audit::Body + Send + Sync + 'static {
    /// The sealed case that was looked at, also in vain: somebody is told of it.
    fn sealed(&self) -> Option<CaseId>;
}

struct Seen<L> {
    actor: Arc<Actor>,
    look: L,
    leaf: LeafId,
}

impl<L: Look> Move for Seen<L> {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        let leaf = Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), &self.look);
        let alarms = self.look.sealed().map(|case| alarm(&self.actor, facts, case)).into_iter().collect();
        Ruling::Done(Box::new(Rows { alarms, leaves: vec![leaf], ..Rows::default() }), Answer::recorded())
    }
}

fn alarm(actor: &Actor, facts: &Facts, case: CaseId) -> AlarmRow {
    let (city, division, mark) = (actor.city(), actor.city().division(), facts.now().as_microsecond());
    AlarmRow { city, about: case.uuid(), kind: AlarmKind::SealedRead, mark, division, amount: None }
}

impl Book {
    /// Records a look; it is durable when this returns.
    pub async fn saw(&self, actor: &Arc<Actor>, look: impl Look) -> Result<(), Problem> {
        self.note(actor.city(), Seen { actor: actor.clone(), look, leaf: LeafId::new() }).await
    }
}
