//! Workbooks (XLSX, ECMA-376): written for people and for other programs, and read as banks write them.
//!
//! ```text
//! Workbook ─▶ sheet: title, head, rows, sums ─▶ bytes        bytes ─▶ unpacked within caps ─▶ rows of cells, one at a time
//! ```
//!
//! Money is a decimal text on both sides and meets a float only where XLSX has nothing else: a cell's number. A yuan amount of at most
//! fifteen digits is the shortest text of the float nearest to it, so that it comes back as it went in, without any arithmetic.

mod cell;
mod days;
mod package;
mod read;
mod strings;
mod write;

pub use cell::{Cell, Column, Found};
pub use package::{Caps, Unreadable};
pub use read::read;
pub use write::{Sheet, Unwritable, Workbook};

#[cfg(test)]
mod tests;
