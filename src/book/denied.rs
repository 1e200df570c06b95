//! A denied access that is found while deciding: rejected, with its leaf in the same transaction.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::audit::{Denied, Leaf};
use crate::book::Ruling;
use crate::http::{Context, Problem};
use crate::id::LeafId;

impl Ruling {
    /// Rejects with a problem, and records that somebody was denied.
    pub fn denied(actor: &Actor, context: &Context, leaf: LeafId, now: Timestamp, problem: Problem) -> Self {
        let said = Denied { code: problem.code(), detail: problem.detail().to_owned(), route: context.instance.clone() };
        let leaf = Leaf::new(actor.city(), leaf, now, actor.subject.as_str(), &said);
        Self::Rejected(Box::new(problem.recorded()), Some(Box::new(leaf)))
    }
}
