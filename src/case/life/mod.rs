//! The life of a case after it was taken in.
//!
//! ```text
//!              ┌─▶ declined                                          in writing, by an approver
//! accepted ────┼─▶ approved ─▶ paying ─▶ paid ─▶ completed           approved: its money is held; completed: every paper is there
//!   ▲          └─▶ withdrawn      │        │
//!   │                ▲   expired  │        └─▶ approved              a returned transfer is held again, for the same case
//!   │                │      ▲     │
//!   │                └──────┴─────┤                                  the free part of a grant is given back, by the household or
//!   └─────────────────────────────┘                                  by time; a case left without any money is over
//!        the bank refused all of it: to be approved again
//! refused ─▶ approved                                                by a way out of a short fund
//! ```
//!
//! Every verb finds its case as a [`Target`] at the edge, locks it with fund, applicant and handler, and ends in a [`Change`]. A hold
//! belongs to one payment, or to none yet; it is captured, released or expires, once. What is given back goes to the fund, and to the
//! windows of the limits it was taken from.

mod approve;
mod body;
mod change;
mod decline;
mod expire;
mod give_back;
mod http;
mod identity;
mod in_kind;
mod note;
mod papers;
mod pay;
mod refer;
mod review;
mod target;
#[cfg(test)]
mod tests;
mod way_out;
mod withdraw;

pub use change::{Change, too_much};
pub use expire::follow as follow_expiry;
pub use give_back::give_back;
pub use http::routes;
pub use note::Note;
pub use target::{Standing, Target};
