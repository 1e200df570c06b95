//! That somebody looked: reads of recoveries are recorded before they are answered, as those of cases are.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{AlarmKind, AlarmRow, Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::http::Problem;
use crate::id::{CaseId, LeafId, RecoveryId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// One recovery.
    Recovery(RecoveryId),
    /// One recovery of a sealed case: somebody is told.
    Sealed {
        /// The case.
        case: CaseId,
        /// Its recovery.
        recovery: RecoveryId,
    },
    /// The same by somebody who was told that there is none: somebody else is told.
    SealedDenied {
        /// The case.
        case: CaseId,
        /// Its recovery.
        recovery: RecoveryId,
    },
    /// A list, with as many recoveries.
    List(usize),
}

struct Seen {
    actor: Arc<Actor>,
    look: Look,
    leaf: LeafId,
}

#[derive(Serialize)]
struct Said<'a> {
    look: &'a Look,
}

impl audit::Body for Said<'_> {
    const KIND: &'static str = "recovery.seen";
}

impl Move for Seen {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        let said = Said { look: &self.look };
        let leaf = Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let alarms = self.alarm(facts).into_iter().collect();
        Ruling::Done(Box::new(Rows { alarms, leaves: vec![leaf], ..Rows::default() }), Answer::recorded())
    }
}

impl Seen {
    fn alarm(&self, facts: &Facts) -> Option<AlarmRow> {
        let (Look::Sealed { case, .. } | Look::SealedDenied { case, .. }) = self.look else { return None };
        let (city, division) = (self.actor.city(), self.actor.city().division());
        let mark = facts.now().as_microsecond();
        Some(AlarmRow { city, about: case.uuid(), kind: AlarmKind::SealedRead, mark, division, amount: None })
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, look: Look) -> Result<(), Problem> {
    book.note(actor.city(), Seen { actor: actor.clone(), look, leaf: LeafId::new() }).await
}
