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
//! box is in no shift: the next opening should find what the last shift left less that, and says how much it was. Whatever is counted is
//! the truth for the box; the difference is a case of its own that raises an alarm, resolved by finance and an approver who did not hold
//! it. Where more was paid than is known to have come in, a draw was not recorded: what is over there is the fund's already and is never
//! booked, only explained, and such a draw can still be recorded late in an open shift. No draw fills a box above all that the fund has,
//! and what a first count finds above that is a difference.

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
