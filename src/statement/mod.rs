//! Statements (对账单): what a bank says of an account, to be matched with the book of the fund.
//!
//! ```text
//! file ──▶ File, its figures agree with each other ──▶ one transaction: it follows the last one; lines, matches, leaf, answer
//!
//! line ──┬─▶ exact: a word of it names one movement of ours, of its amount           matched by the import
//!        ├─▶ suggested: amount, days and payee agree, or two movements are named     matched by two officers
//!        ├─▶ INTEREST FEE UNKNOWN_CREDIT RETURNED_PAYMENT                             booked by two officers, and matched with that
//!        └─▶ MISSING_HERE DUPLICATE_AT_BANK                                           stands in the table of balance adjustment
//! ```
//!
//! A movement of a fund's account is derived from its entries (`bank_movements` in `sql/migrations`); what differs is derived from lines
//! and movements. Kept are lines, matches and bookings, each written once; a line is one movement, a movement one line. The words of a
//! line are sealed; it is found by their blind indexes.

mod answer;
mod balance;
mod body;
mod booking;
mod confirm;
mod difference;
mod file;
mod find;
mod http;
mod import;
mod judged;
mod line;
mod movement;
mod pair;
mod seen;
mod signed;
mod stage;
mod words;

pub use file::{FAULTS_MAX, FILE_BYTES_MAX, Fault, File, Kind, LINES_MAX, Line, Profile, Profiles, UnknownProfile};
pub use http::routes;
