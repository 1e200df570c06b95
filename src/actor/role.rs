//! Roles, and sets of them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an actor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Accepts cases at a street window.
    Clerk,
    /// Approves and countersigns.
    Approver,
    /// Holds the cash box.
    Cashier,
    /// A hospital's billing system.
    Hospital,
    /// Keeps the funds.
    Finance,
    /// Reads and proves everything, changes nothing.
    Auditor,
    /// Keeps roster, hospitals and hooks.
    Admin,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 7] =
        [Self::Clerk, Self::Approver, Self::Cashier, Self::Hospital, Self::Finance, Self::Auditor, Self::Admin];

    /// The role as a token names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Approver => "approver",
            Self::Cashier => "cashier",
            Self::Hospital => "hospital",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| format!("no role is called {text:?}"))
    }
}

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// A set of these roles.
    pub const fn of(roles: &[Role]) -> Self {
        let mut set = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            set |= 1 << (*role as u8);
            rest = others;
        }
        Self(set)
    }

    /// True when the role is in the set.
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << (role as u8)) != 0
    }

    /// True when the two sets share a role.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// True when there is no role in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |set, role| set | (1 << (role as u8))))
    }
}
