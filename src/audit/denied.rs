//! Denied access: a wrong role, a foreign scope, a signature that does not hold, a token that was refused.

use serde::Serialize;

use crate::audit::Body;
use crate::code::Code;

/// An access that was denied. Says where and why, nothing of what was asked for.
#[derive(Debug, Serialize)]
pub struct Denied {
    /// The code it was answered with.
    pub code: Code,
    /// Why.
    pub detail: String,
    /// Where.
    pub route: String,
}

impl Body for Denied {
    const KIND: &'static str = "access.denied";
}
