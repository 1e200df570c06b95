//! Hospitals: who charges people of the roster less, by which per cent of which fee, and what others deposit.
//!
//! ```text
//! PUT, or a file ──▶ a new version with the day from which it holds ──▶ memory of every server, within a second
//! ```
//! A version is never changed. Several may begin on one day: the last registered one holds. What lies in the past is not registered,
//! except the first terms of a hospital.

mod answer;
mod body;
mod current;
mod file;
mod http;
mod kept;
mod register;
mod terms;

pub use current::Hospitals;
pub use file::import;
pub use http::routes;
pub use terms::{Deposits, Discounts, Terms};
