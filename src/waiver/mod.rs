//! Deposit waivers: a hospital asks whether a patient of the city's roster pays no deposit, and gets a promise for the whole stay.
//!
//! ```text
//! check:  roster in memory ──▶ verdict ──▶ recorded (database within 250 ms, else the journal of this server) ──▶ answer
//!                                              │ the database knows a newer roster: decided again by it
//! grant:  locked in the book, decided by the database's roster ──▶ promise (JWS): open ──▶ closed
//!                                                                     by the hospital, its settlement, or the longest stay
//! ```
//!
//! - What was answered was recorded before. An answer that could not be recorded anywhere is not given.
//! - "Unknown" is not an answer at two in the night: while the database is away, the roster in memory answers, says how old it is, and
//!   asks for a re-check. It never refuses for its age.
//! - A snapshot of what is in memory lies beside the journal, signed: a server that is started while the database is away answers from it.
//! - The waiver belongs to the roster, not to aid that was had. One person has one open stay; leaving the roster ends no promise, it is
//!   told to civil affairs.
//! - Nobody is refused for lack of money in an emergency: who is not on the roster is treated first.

mod answer;
mod body;
mod check;
mod close;
mod find;
mod grant;
mod http;
mod journal;
mod left;
mod patient;
mod promise;
mod record;
mod recorder;
mod snapshot;
mod verdict;

pub use http::{keys, routes};
pub use journal::Journal;
pub use left::follow as follow_roster;
pub use promise::{PromiseKeys, PromiseKeysError};
pub use recorder::Recorder;
pub use snapshot::{SnapshotRefused, Snapshots};

/// What waivers need of a server.
pub struct WaiverSettings {
    /// Signs promises.
    pub keys: PromiseKeys,
    /// What is answered while the database is away.
    pub journal: Option<Journal>,
}
