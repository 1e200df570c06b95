//! An access that was denied. A denial leaves a record just as a payment does; who writes it is decided above.

use crate::actor::{Actor, Subject};
use crate::code::Code;
use crate::division::City;

/// An access that was denied, to be recorded by whoever keeps the audit log.
///
/// The extractors and the middleware fill in what belongs to the request: `subject`, `method` and `route`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What was missing.
    pub kind: DenialKind,
    /// Who asked, when that is known.
    pub subject: Option<Subject>,
    /// The city whose log it belongs to: that of the thing asked for, else that of the caller.
    pub city: Option<City>,
    /// The method of the request.
    pub method: String,
    /// The pattern of the route, never the raw path or the query.
    pub route: String,
    /// What was answered.
    pub code: Code,
    /// The reason, which holds nothing that came from outside.
    pub detail: &'static str,
}

/// What a denied access lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialKind {
    /// The token was no good.
    Login,
    /// None of the caller's roles allows it.
    Role,
    /// It lies outside the caller's scope.
    Scope,
    /// The second officer's signature was no good.
    Countersign,
}

impl DenialKind {
    /// The kind as logs and leaves name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Role => "role",
            Self::Scope => "scope",
            Self::Countersign => "countersign",
        }
    }
}

impl Denial {
    /// A denial of which the request is not known yet.
    pub(crate) const fn new(kind: DenialKind, code: Code, detail: &'static str) -> Self {
        Self { kind, subject: None, city: None, method: String::new(), route: String::new(), code, detail }
    }

    /// The same with what belongs to its request, where that is not yet known.
    pub(crate) fn of(mut self, method: &str, route: &str, caller: Option<&Actor>) -> Self {
        method.clone_into(&mut self.method);
        route.clone_into(&mut self.route);
        if let Some(caller) = caller {
            self.subject.get_or_insert_with(|| caller.subject.clone());
            self.city.get_or_insert_with(|| caller.city());
        }
        self
    }
}
