//! An authenticated caller.

use crate::actor::{Roles, Subject};
use crate::division::{City, Division};

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
    /// The house itself, for what time does: it reads and moves as nobody's officer.
    pub fn clock(city: City) -> Self {
        Self {
            subject: Subject::new("jiujinan", "clock"),
            roles: Roles::default(),
            scope: city.division(),
            section: None,
            hospital: None,
        }
    }

    /// True when the division lies in the actor's scope.
    pub fn reaches(&self, division: &Division) -> bool {
        self.scope.covers(division)
    }

    /// The city whose rows the actor may see.
    pub fn city(&self) -> City {
        self.scope.city()
    }
}
