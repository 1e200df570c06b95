//! Goods: the counted stock of a street or county, handed out to households when a fund is short.
//!
//! ```text
//! registered ──▶ delivered ──▶ handed out (a way out of a refusal, src/case/life/in_kind.rs)
//!                    ▲   │
//!                    └───┴──── counted: what is really there, with the difference
//! ```
//!
//! Each change is one version of the goods and one row that is never changed; the stock equals the sum of the changes and never falls
//! below nothing. Goods have a value: what a household gets counts in its limits as money does. In the books of the fund they are
//! credited in kind and paid in the same moment, so that its balance stays and no bank ever sees them.

mod answer;
mod body;
mod http;
mod read;
mod register;
mod stock;

pub use http::routes;
