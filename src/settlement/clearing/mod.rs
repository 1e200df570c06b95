//! Clearings: a fund pays a hospital what it owes for a list of settlements, through the bank.
//!
//! ```text
//!             clear                                bank
//! approved ─────────▶ instructed ─▶ dispatched ──────────▶ paid ─────▶ returned     each part approved again, its money held again
//!                                      │    ▲ │
//!                                      ▼    │ └──────────▶ refused                   each part is free to be paid by another clearing
//!                                    unknown┘
//! ```
//!
//! - A clearing takes the free holds of its fund for its settlements; a hold is under one clearing, and resolves once, so that no part
//!   is paid twice. What is under a clearing is neither paid by another nor unwound.
//! - The bank knows a clearing by its identifier and the hospital by its credit code: the account is the bank's to know.
//! - The parts are paid when the bank says so, and not before.

mod answer;
mod clear;
mod dispatch;
mod find;
mod result;

pub use answer::{ClearingAnswer, ClearingDetail};
pub use clear::Clear;
#[cfg(test)]
pub use dispatch::Dispatch;
pub use dispatch::instruct;
pub use find::find;
#[cfg(test)]
pub use result::BankSaid;
pub use result::take_in;
