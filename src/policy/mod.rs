//! The rules: dated parameters, working days, and the pure decision over them.
//!
//! A [`Question`] holds everything that a decision compares; [`decide`] answers it by one [`Policy`]. Both are values, so
//! any old case can be decided again from what was stored with it. Rules come in the order of the practice:
//!
//! ```text
//! identity known by now → person barred or deceased → place → same cause, repeat → other scheme → lane and amount → fund → cash
//! ```
//!
//! A cap lowers the grant while something is left of it; a short fund refuses and never pays a part by itself.

mod calendar;
mod caps;
mod decide;
mod decision;
mod parameters;
mod question;
mod repeat;
mod share;
mod terms;
mod versions;

#[cfg(test)]
mod tests;

pub use calendar::{Calendar, DayKind, Deadline};
pub use decide::decide;
pub use decision::{Check, Conflict, Decision, Referral};
pub use parameters::{CapBasis, Multiple, Policy, PolicyInvalid, PublicityRule, Quick, RecoveryRule, Unit, WaiverRule};
pub use question::{FundFacts, Limits, Question, Signature, Usage};
pub use repeat::{PastClaim, Repeat, find_repeat};
pub use share::{Share, Wish, share};
pub use terms::{Cause, FundKind, FundStatus, Lane, Method, Residence, RosterCategory};
pub use versions::Policies;
