//! What is not done with cash, and what is recorded of that.

use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Rows, Ruling};
use crate::code::Code;
use crate::http::{Context, Problem};
use crate::id::LeafId;

/// Who asks for something about a cash box.
pub struct Asker {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub leaf: LeafId,
}

#[derive(Serialize)]
struct Refused {
    about: Uuid,
    code: Code,
    verb: &'static str,
}

impl audit::Body for Refused {
    const KIND: &'static str = "custody.refused";
}

impl Asker {
    /// Whoever sends a request.
    pub fn new(actor: Arc<Actor>, context: Context) -> Self {
        Self { actor, context, leaf: LeafId::new() }
    }

    /// The leaf of what is done.
    pub fn leaf<B: audit::Body>(&self, facts: &Facts, said: &B) -> Leaf {
        Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), said)
    }

    /// Refused by a rule: recorded, final for its key, and nothing changes.
    pub fn refuse(&self, facts: &Facts, verb: &'static str, about: Uuid, problem: Problem) -> Ruling {
        let leaf = self.leaf(facts, &Refused { about, code: problem.code(), verb });
        let rows = Rows { leaves: vec![leaf], ..Rows::default() };
        Ruling::Refused(Box::new(rows), Answer::refusal(&problem, &self.context))
    }

    /// Not this officer: recorded as denied, and the key stays free.
    pub fn denied(&self, facts: &Facts, problem: Problem) -> Ruling {
        Ruling::denied(&self.actor, &self.context, self.leaf, facts.now(), problem)
    }

    /// It is not there, or not for this caller.
    pub fn outside(&self) -> Ruling {
        Ruling::rejected(Problem::outside_scope(self.actor.scope))
    }
}

/// What does not fit to how things stand.
pub fn conflict(detail: impl Into<String>) -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, detail))
}

/// What is answered when a sum would leave 64 bits.
pub fn too_much() -> Ruling {
    conflict("the sums would leave 64 bits")
}
