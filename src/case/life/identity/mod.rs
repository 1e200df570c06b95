//! Unknown people: helped under a temporary identity, and merged into a real one once somebody knows who they are.
//!
//! ```text
//! temporary ──merge──▶ real ──undo──▶ temporary ──merge──▶ another      each step is a row; number and receipts of the case stay
//! ```
//!
//! A merge decides the case again, by its own rules and the question it was decided by, with what the real person was helped with. What
//! would have been granted less for is a finding: what is paid stays paid (recovery is another verb), what is free beyond the new
//! decision is given back, and somebody must look. Usage, claims and the name in the case follow the person, back and forth.
//!
//! A temporary identity that is known by now is refused when it is presented again: `CONFIRM_IDENTITY`.

mod body;
mod exchange;
mod findings;
mod http;
mod merge;
mod undo;

pub use exchange::is_temporary;
pub use findings::IdentityAnswer;
pub use http::routes;
