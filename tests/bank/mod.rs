//! What a bank would write of an account, in every form that is read: for tests, and for a load by the path of these files.
//!
//! It knows nothing of the house; the same movements make the same bytes. `file.rs` and `camt.rs` need nothing but the standard
//! library, `workbook.rs` writes XLSX.

#![allow(dead_code, unused_imports, reason = "not every program that has a bank writes all of its files")]

mod camt;
mod file;
mod table;
mod workbook;

pub use camt::Version;
pub use file::{Day, Movement, Statement, drawn};
pub use table::{Cell, Form};
