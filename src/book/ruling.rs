//! What a move is, and what it comes to.

use serde::Serialize;

use crate::audit::Leaf;
use crate::book::{Facts, Keys, Rows};
use crate::code::Code;
use crate::http::{Context, Problem};

/// Something that changes the book.
pub trait Move: Send + Sync + 'static {
    /// Which persons, officers, funds and counters must be locked and loaded.
    fn keys(&self, keys: &mut Keys);

    /// What it comes to. Pure: no clock, no randomness, no I/O; it may be asked again with other facts.
    fn decide(&self, facts: &Facts) -> Ruling;

    /// True for moves that resolve what is held: room in the queue is kept for them.
    fn resolves(&self) -> bool {
        false
    }
}

/// What a move comes to.
#[derive(Debug)]
pub enum Ruling {
    /// Done: rows and answer are stored.
    Done(Box<Rows>, Answer),
    /// Refused by a rule: that is stored as well, and final for its key.
    Refused(Box<Rows>, Answer),
    /// Not decided: nothing is stored but, where one is due, a leaf.
    Rejected(Box<Problem>, Option<Box<Leaf>>),
}

impl Ruling {
    /// Not decided, and nothing to record.
    pub fn rejected(problem: Problem) -> Self {
        Self::Rejected(Box::new(problem), None)
    }
}

/// The bytes that every caller with this key gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
    /// Version for the `ETag`, on the first answer only.
    pub etag: Option<u64>,
    /// The code of a decision, for the metrics and the log, on the first answer only.
    pub code: Option<Code>,
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json<B: Serialize>(status: u16, body: &B) -> Self {
        // Bodies are plain structs of strings and numbers: writing them to memory does not fail.
        Self { status, body: serde_json::to_vec(body).unwrap_or_default(), etag: None, code: None }
    }

    /// The same with a version for the `ETag`.
    pub fn versioned(mut self, version: i64) -> Self {
        self.etag = u64::try_from(version).ok();
        self
    }

    /// No answer beyond that it is recorded.
    pub fn recorded() -> Self {
        Self { status: 204, body: Vec::new(), etag: None, code: None }
    }

    /// The same with the code of its decision.
    pub fn decided(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// A refusal as a problem document in the caller's language.
    pub fn refusal(problem: &Problem, context: &Context) -> Self {
        Self { status: problem.status().as_u16(), body: problem.body(context), etag: None, code: Some(problem.code()) }
    }
}
