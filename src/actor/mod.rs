//! Who asks: a human officer, a hospital's billing system, finance, an auditor.
//!
//! An actor may do what one of its roles allows, inside its scope: a division and everything below it.
//! People are compared by subject (issuer and `sub` of their token), never by name.

mod caller;
mod role;
mod subject;

pub use caller::Actor;
pub use role::{Role, Roles};
pub use subject::Subject;
