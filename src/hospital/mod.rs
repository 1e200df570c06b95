//! Hospitals: who charges people of the roster less, by which per cent of which fee, and what others deposit.
//!
//! ```text
//! PUT, or a file ──▶ a new version with the day from which it holds ──▶ memory of every server, within a second
//! ```
//! A version is never changed. Several may begin on one day: the last registered one holds. What lies in the past is not registered,
//! except the first terms of a hospital.

mod current;
mod terms;

pub use current::Hospitals;
pub use terms::{Deposits, Discounts, Terms};
