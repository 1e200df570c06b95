//! Payments that go through a bank.
//!
//! ```text
//! instructed ─▶ dispatched ─▶ paid ─▶ returned        returned: the money is held again, free, for the same case
//!                 │    ▲ │
//!                 ▼    │ └──▶ refused                 refused: the money goes back to the fund, and to the limits
//!               unknown┘
//! ```
//!
//! The bytes of an instruction are committed before they are sent; sending again sends the same bytes, and the bank answers the same
//! identifier once. Only a signed answer is a result: whatever else happens, the money stays held and the bank is asked again, and
//! after a day somebody is told. A result may come as an answer, as a call-back or to an enquiry, and more than once: the case is
//! locked, and what is known already changes nothing.

mod dispatch;
mod instruction;
mod payee;
mod result;
mod returned;

#[cfg(test)]
pub use dispatch::Dispatch;
pub use dispatch::instruct;
pub use instruction::bound_to;
pub use payee::{Payee, payee};
pub use result::{BankSays, Settle, take_in};
pub use returned::returned;
