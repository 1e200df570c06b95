//! Hooks: who is told of what happens, by Standard Webhooks 1.0.0.
//!
//! ```text
//!  the book, one transaction            the carrier, without any
//!  rows of a move ──▶ hook_delivery ──▶ claim (lease + 1) ──POST, signed──▶ receiver
//!                       pending ◀── not taken: later, a day long ──────────────┤
//!                       delivered ◀── 2xx ─────────────────────────────────────┤
//!                       dead ◀── a day is over, or 410: the hook is disabled ──┘
//! ```
//!
//! - What a hook is told is a row of the transaction that it tells of: nothing is told that did not happen, and nothing is forgotten.
//!   Who listens is part of the rules, which every server reads anew within a second or so; a hook may miss what happens in the
//!   second after it was made.
//! - At least once: whoever dies between the answer and its record sends again, with the same `webhook-id`. A result counts only under
//!   the lease that it was taken with.
//! - Of one subject (a case, a fund) a hook hears in order: a later delivery waits until the earlier one is delivered or dead.
//! - Bodies are thin and hold no personal data; sealed cases are told to nobody. That a fund runs low is told of the fund, whoever was
//!   paid out of it.
//! - Secrets are stored nowhere: each is derived from a key outside the database, the hook and the number of its rotation, so that
//!   the answer that shows it can be given again without being kept.
//! - Nothing is sent to addresses that are not public, whatever a name resolves to at the moment of connecting, but for hosts that the
//!   settings name. Redirects are failures.

mod address;
mod answer;
mod body;
mod carrier;
mod deliveries;
mod end;
mod http;
mod lease;
mod overdue;
mod read;
mod replay;
mod resolver;
mod retention;
mod rotate;
mod schedule;
mod secret;
mod sender;
mod settings;
mod signature;
mod subscribe;
mod url;

pub use carrier::Carrier;
pub use http::routes;
pub use lease::Leases;
pub use overdue::follow_overdue;
pub use retention::{Keep, Retention};
pub use sender::Sender;
pub use settings::HookSettings;
pub use url::AllowedHost;
