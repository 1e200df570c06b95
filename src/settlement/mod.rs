//! Settlements: a hospital bill split over its payers, to the fen.
//!
//! ```text
//! message ──settle──▶ settled ──cancel──▶ cancelled
//!    │                  │  ▲ │
//!    │          result ─┘  │ └──reverse──▶ reversed
//!    │          clearing ──┘
//!    └──reverse before it came──▶ fenced: refused for ever
//! ```
//!
//! - Payer order: third party, insurance as its platform computed it, the hospital's discount, the emergency-treatment fund, the relief
//!   fund, the patient. Each bears at most what those before it left; the patient bears the rest, so that the parts always add up.
//! - What a fund bears is held for the settlement until a clearing pays it through the bank (held → paid) or it is given back; what the
//!   emergency-treatment fund bears is a claim, which finance reviews first.
//! - A payer that says later that it bears less leaves the rest to those after it, by new entries; what others bear already stays.
//! - Cancelling and reversing give back in the opposite order. What a clearing has paid or is paying is not unwound: what is
//!   paid is asked back.
//! - A message is settled once, or fenced off, whoever comes first: both want the same row.

mod answer;
mod bill;
mod body;
mod clearing;
mod find;
mod http;
mod patient;
mod postings;
mod quote;
mod result;
mod reverse;
mod rooms;
mod seen;
mod settle;
mod split;
mod target;
mod terms;
#[cfg(test)]
mod tests;
mod totals;
mod unwind;

pub use clearing::{instruct, take_in};
pub use http::routes;
