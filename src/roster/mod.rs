//! The roster (对象台账): the city's list of poor households, imported whole or by changes.
//!
//! ```text
//! file, streamed ──▶ lines, checked ──▶ staging (temporary) ──▶ one transaction: rows end and begin, a new version, leaf, answer
//!                                                                         │
//!                                     memory of every server ◀── change feed, four times a second
//! ```
//! Nothing of a person is stored but keyed digests: the number as a blind index, the name and what links a household likewise. History
//! is kept: a change ends a row at a version and begins another. Readers never wait for an import, nor for the database.

mod current;
mod feed;
mod http;
mod import;
mod lines;
mod member;
mod mode;
mod reader;
mod snapshot;
mod standing;

pub use crate::policy::RosterCategory as Category;
pub use current::Roster;
pub use http::routes;
pub use import::{Import, ImportAnswer, Source, Staging};
pub use member::Member;
pub use mode::Mode;
pub use snapshot::SnapshotInvalid;
pub use standing::standing;
