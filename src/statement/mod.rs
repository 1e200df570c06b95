//! Statements (对账单): what a bank says of an account, to be matched with the book of the fund.
//!
//! ```text
//! CSV ───▶ rows ─┐
//! XLSX ──▶ rows ─┴─ profile of the bank ─▶ Draft ─▶ checks ─▶ File, or what is wrong with it by line and figure
//! camt.053 ──────────────────────────────▶ Draft ─┘
//! File ──▶ one transaction: lines, matches, leaf, answer
//! ```

mod amount;
mod camt;
mod check;
mod date;
mod draft;
mod fault;
mod file;
mod profile;
mod read;
mod table;

pub use fault::{FAULTS_MAX, Fault};
pub use file::{File, Line};
pub use profile::{Profile, Profiles, UnknownProfile};
pub use read::{FILE_BYTES_MAX, Kind, LINES_MAX};

#[cfg(test)]
mod tests;
