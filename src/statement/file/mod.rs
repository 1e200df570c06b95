//! What a bank's file says: read by its kind, every figure checked against the others, all of it or nothing.
//!
//! ```text
//! CSV ───▶ rows ─┐
//! XLSX ──▶ rows ─┴─ profile of the bank ─▶ Draft ─▶ checks ─▶ File, or what is wrong with it by line and figure
//! camt.053 ──────────────────────────────▶ Draft ─┘
//! ```

mod amount;
mod camt;
mod check;
mod date;
mod draft;
mod fault;
mod lines;
mod profile;
mod read;
mod table;

pub use fault::{FAULTS_MAX, Fault};
pub use lines::{File, Line};
pub use profile::{Profile, Profiles, UnknownProfile};
pub use read::{FILE_BYTES_MAX, Kind, LINES_MAX};

#[cfg(test)]
mod tests;
