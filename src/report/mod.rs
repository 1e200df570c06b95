//! Monthly reports (月报告) and quarterly reviews (季调度): cases, money, times, papers, refusals and aid that came again.
//!
//! ```text
//! month | quarter ─▶ spans ─▶ four statements in one snapshot ─▶ lines by total, division, fund, lane, cause ─▶ JSON | CSV | XLSX
//! ```
//!
//! Nothing is stored: every figure is derived from cases, entries, holds and papers when it is asked for.
//!
//! | figure | of what |
//! |---|---|
//! | cases, refused, declined, persons, households, granted | cases accepted in the span, as they stand now |
//! | repeated | persons helped in the span who were helped more than once in the twelve months up to its end, in the asked division |
//! | paid, returned, recovered | entries of the span, whenever their case was accepted |
//! | first payments, median, 95th percentile | cases whose first payment was made in the span; a time that somebody waited, whole seconds |
//! | held, papers overdue | as at the end of the span, or now; papers due: deadlines that lie in it |
//! | opening, credited, paid, held, closing of a fund | its entries: opening + credited − paid = closing, of which held is a part |
//!
//! # Sealed cases
//!
//! Sums count them, and no cell tells of one. The unit is a county and a month of acceptance: when at least [`SEALED_LEAST`] sealed
//! cases were accepted there, all of them count in `total`, in reports of a county or the city; else none of them does. No street, fund,
//! lane, cause or code ever counts one. So whatever is subtracted from whatever (a county from its city, a month from its quarter, the
//! parts from their total), what is left is of at least that many cases. Funds' sums count every entry: they name nobody, and the list of
//! entries shows them as well. Everybody gets the same figures, auditors too: a report is a paper that is passed on.

mod answer;
mod csv;
mod figures;
mod find;
mod http;
mod workbook;

pub use figures::{Figures, Line};
pub use find::SEALED_LEAST;
pub use http::routes;
