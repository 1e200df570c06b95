//! Statements as tables: CSV and XLSX by the profile of the bank.
//!
//! ```text
//! rows above: labels ──▶ head: titles ──▶ lines ──▶ end: labels, sums
//! ```

mod derive;
mod labels;
mod line;
mod rows;
mod text;
mod workbook;

pub use text::read_text;
pub use workbook::read_workbook;
