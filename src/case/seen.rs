//! That somebody looked: reads of a person's file are recorded before they are answered.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::case::forms::Form;
use crate::http::Problem;
use crate::id::{CaseId, LeafId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// One case.
    Case(CaseId),
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
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::recorded())
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, look: Look) -> Result<(), Problem> {
    book.note(actor.city(), Seen { actor: actor.clone(), look, leaf: LeafId::new() }).await
}
