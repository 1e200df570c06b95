//! The human (or machine) behind a token.

use std::fmt;
use std::sync::Arc;

/// Issuer and `sub` of a token in one text, `<issuer>#<sub>`: two tokens of one person have the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(Arc<str>);

impl Subject {
    /// The subject that an issuer calls `sub`.
    pub fn new(issuer: &str, sub: &str) -> Self {
        Self(format!("{issuer}#{sub}").into())
    }

    /// The text that the database keeps.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the issuer calls it.
    pub fn sub(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, sub)| sub)
    }

    /// Another subject of the same issuer.
    pub fn peer(&self, sub: &str) -> Self {
        Self::new(self.0.split_once('#').map_or("", |(issuer, _)| issuer), sub)
    }
}

crate::stored::stored_as_text!(Subject);

impl std::str::FromStr for Subject {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.into()))
    }
}

impl From<&str> for Subject {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
