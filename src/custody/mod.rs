//! Cash custody: who holds the box of a window, what is in it, and what is found to differ.
//!
//! ```text
//!  bank ──drawn──▶ box ──cash payment──▶ household          a shift: one box, one officer, from count to count
//!   ▲               │ ▲                                      should hold = opening + drawn + put back − paid in − paid
//!   └────paid in────┘ └──put back── custodian
//!
//!  counted ≠ should hold ──▶ difference: open ──▶ replaced   the custodian puts back what is missing
//!                                           ├───▶ explained  nothing moves
//!                                           └───▶ booked     the fund bears what is missing, or keeps what is over
//! ```
//!
//! A box belongs to a fund and a street. Cash payments do not know of shifts: a shift paid what its fund paid in cash, in its street,
//! under the versions from its opening to its closing, which is exact because both lock the fund. What is paid while nobody holds the
//! box is in no shift, and shows at the next opening as a difference. Whatever is counted is the truth for the box; the difference is a
//! case of its own, resolved by finance and an approver who did not hold it.

mod answer;
mod body;
mod close;
mod differences;
mod find;
mod held;
mod http;
mod list;
mod open;
mod refusal;
mod resolve;
mod sign;
mod transfer;

pub use http::routes;
