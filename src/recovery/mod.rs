//! Recoveries (追缴): money to be paid back, because a payment was had by error or fraud, or somebody else has to bear it, possibly with
//! a fine.
//!
//! ```text
//!          impose               receipt: principal, then fine, the rest is over-payment
//!  case ───────────▶ open ─────────────────────────────────────────────▶ settled      (nothing is owed, the last of it repaid)
//!                     │  ▲                                                  │
//!                     │  └──receipt, write-off of a part                    └──▶ refund of an over-payment, by two
//!                     └──write-off by two: fine, then principal──────────▶ written_off (nothing is owed, the last of it given up)
//!
//!  open, settled, written_off ──cancellation by two, unless principal went back to the fund──▶ cancelled (it was never owed)
//! ```
//!
//! - A settlement is asked back as a case is: what one of its funds paid of it, to that fund. Who reviewed or cleared the part asks
//!   nothing of it back.
//! - The case stays as it was decided: a recovery is a thing of its own, and changes neither decision nor payments nor usage.
//! - A fine, and a bar of the debtor from new cases until a day, are the county's to decide; a fine lies in the lawful range.
//! - Principal goes back to the fund that paid, if the case's last payment, the day the money came in and the booking lie in one year;
//!   otherwise, and from a closed fund, to the treasury: the year's accounts are closed. A fine goes to the treasury, never to a fund.
//! - Nothing comes back twice: of a receipt only what the case still has paid, net of what the bank returned and what receipts of all its
//!   recoveries counted, is principal; what is beyond goes to the fine, and the rest is an over-payment. A return by the bank that the
//!   fund has back already by a recovery is not booked: an alarm is raised, and people look whose it is.
//! - What goes back to a fund serves its queue, as a top-up does. A loan of the county's pool is repaid by top-ups only.
//! - What was imposed in error is taken back whole: nothing is owed, what came in was overpaid, and the debtor stays barred only as long as
//!   other recoveries say.
//! - A write-off gives up the fine first: it is punishment, while the principal is the public's money and stays to be had longest.
//!   With the death of the debtor the fine is over wholly.
//! - What was given up towards one debtor can be asked of another; what is paid back after it was given up is an over-payment.
//! - Instalments say by when; they are filled by whatever came in, in the order of their days. What was given up counts as the last.
//! - The debtor is sealed under a key of its own. Of a sealed case only the county imposes. Its recoveries are shown to the case's
//!   officers, to whoever imposed them, and to auditors; finance of the scope that was told the identifier takes in, gives up, refunds
//!   and takes back without being shown it in any list. The bank's reference stays out of the fund's entries.

mod answer;
mod asked;
mod body;
mod cancel;
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
