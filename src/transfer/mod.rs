//! What goes through a bank, and what the bank says of it: payments of cases, and clearings.
//!
//! The courier makes instructions, carries them, and asks what became of them; a bank may call back as well. What a result means for
//! the money is a move of whoever owns it: of a case (`src/case/transfer`) or of a clearing (`src/settlement/clearing`).

mod courier;
mod http;
mod lease;
mod whose;

pub use courier::Courier;
pub use http::{Bank, routes};
pub use lease::Leases;
