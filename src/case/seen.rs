//! That somebody looked: reads of a person's file are recorded before they are answered.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{AlarmKind, AlarmRow, Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::case::forms::Form;
use crate::http::Problem;
use crate::id::{CaseId, IncidentId, LeafId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// One case.
    Case(CaseId),
    /// One case that is sealed: somebody is told.
    Sealed(CaseId),
    /// A sealed case, by somebody who was told that there is none: somebody else is told.
    SealedDenied(CaseId),
    /// One incident.
    Incident(IncidentId),
    /// One case, as a printable form.
    Form {
        /// Which case.
        case: CaseId,
        /// Which form.
        form: Form,
    },
    /// A list, with as many cases.
    List(usize),
    /// A search, with as many cases found. What was searched for is not told.
    Search(usize),
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
    const KIND: &'static str = "case.seen";
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
        let (Look::Sealed(case) | Look::SealedDenied(case)) = self.look else { return None };
        let (city, division) = (self.actor.city(), self.actor.city().division());
        let mark = facts.now().as_microsecond();
        Some(AlarmRow { city, about: case.uuid(), kind: AlarmKind::SealedRead, mark, division, amount: None })
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, look: Look) -> Result<(), Problem> {
    book.note(actor.city(), Seen { actor: actor.clone(), look, leaf: LeafId::new() }).await
}
