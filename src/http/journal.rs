//! What the layers of the edge learn about one request, kept in its extensions until it is answered.

use std::rc::Rc;
use std::sync::Arc;

use crate::actor::Actor;
use crate::http::context::Context;
use crate::http::limits::Allowance;

/// One value for everything, because each value in the extensions is an allocation.
pub(crate) struct Journal {
    /// What belongs to the request and ends up in answers.
    pub(crate) context: Rc<Context>,
    /// Who asks, once that is known.
    pub(crate) caller: Option<Arc<Actor>>,
    /// What is left of the caller's rate, when rates are limited.
    pub(crate) allowance: Option<Allowance>,
}

impl Journal {
    /// The journal of a request that nothing is known of yet.
    pub(crate) const fn new(context: Rc<Context>) -> Self {
        Self { context, caller: None, allowance: None }
    }
}
