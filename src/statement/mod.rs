//! Statements (对账单): what a bank says of an account, to be matched with the book of the fund.
//!
//! ```text
//! file ──▶ reader (by profile, or camt.053) ──▶ File, checked: pages, sums, sequence ──▶ one transaction: lines, matches, leaf, answer
//! ```

mod file;

pub use file::{File, Line};
