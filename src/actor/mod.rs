//! Who asks: a human officer, a hospital's billing system, finance, an auditor.
//!
//! An actor may do what one of its roles allows, inside its scope: a division and everything below it.
//! People are compared by subject (issuer and `sub` of their token), never by name.

mod role;
mod subject;

use crate::division::{City, Division};

pub use role::{Role, Roles};
pub use subject::Subject;

/// An authenticated caller.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person or machine.
    pub subject: Subject,
    /// What it may do.
    pub roles: Roles,
    /// Where it may do it.
    pub scope: Division,
    /// The section of the office, for the rule of two sections.
    pub section: Option<String>,
    /// The credit code of the hospital, for hospitals.
    pub hospital: Option<String>,
}

impl Actor {
    /// True when the division lies in the actor's scope.
    pub fn reaches(&self, division: &Division) -> bool {
        self.scope.covers(division)
    }

    /// The city whose rows the actor may see.
    pub fn city(&self) -> City {
        self.scope.city()
    }
}
