//! Recoveries (追缴): money to be paid back, because a payment was had by error or fraud, possibly with a fine.
//!
//! ```text
//!          impose               receipt: principal, then fine, the rest is over-payment
//!  case ───────────▶ open ─────────────────────────────────────────────▶ settled      (nothing is owed, the last of it repaid)
//!                     │  ▲                                                  │
//!                     │  └──receipt, write-off of a part                    └──▶ refund of an over-payment, by two
//!                     └──write-off by two: fine, then principal──────────▶ written_off (nothing is owed, the last of it given up)
//! ```
//!
//! - The case stays as it was decided: a recovery is a thing of its own, and changes neither decision nor payments nor usage.
//! - A fine, and a bar of the debtor from new cases until a day, are the county's to decide; a fine lies in the lawful range.
//! - Principal goes back to the fund that paid, while the year of the last payment lasts; afterwards, and from a closed fund, to the
//!   treasury. A fine goes to the treasury, never to a fund.
//! - A write-off gives up the fine first: it is punishment, while the principal is the public's money and stays to be had longest.
//!   With the death of the debtor the fine is over wholly.
//! - What was given up towards one debtor can be asked of another; what is paid back after it was given up is an over-payment.
//! - Instalments say by when; they are filled by whatever came in, in the order of their days. What was given up counts as the last.
//! - The debtor is sealed under a key of its own. A recovery of a sealed case exists for the case's officers, for whoever imposed it,
//!   and, to look at, for auditors.

mod answer;
mod body;
mod debtor;
mod find;
mod http;
mod lawful;
mod list;
mod open;
mod owed;
mod receive;
mod refund;
mod seen;
mod target;
mod write_off;

pub use http::routes;
