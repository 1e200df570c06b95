//! A private PostgreSQL cluster in a data directory, for `jiujinan dev` and for tests. Linux only: it reads `/proc`.
//!
//! ```text
//!  start ─ lock <dir>/start.lock ─┬─ a server runs on it and answers ───────────────▶ adopted
//!                                 └─ find binaries ─ (new: initdb, rename) ─ launch ─▶ started
//! ```
//!
//! The server outlives the process that started it, on purpose: whoever is killed loses nothing, and the next start
//! adopts what still runs. It listens on a socket in a directory of mode 0700, never on TCP, so `trust` is enough.
//!
//! PostgreSQL refuses to run as root. Root therefore runs it as user `postgres`, which must be able to reach the cluster;
//! where it cannot, the cluster lives elsewhere and the data directory records the place:
//!
//! | file | what it is |
//! |---|---|
//! | `postgres/` | the cluster (in the recorded place, if there is one) |
//! | `run/` | its socket (in the recorded place, if there is one) |
//! | `postgres.log` | what the server says; begun anew at 16 MiB, one old file is kept |
//! | `cluster.path` | the recorded place, `/var/tmp/jiujinan-…` |
//! | `socket.path` | a short directory for the socket, `/tmp/jjn-…`, where `run/` is too long for a socket's name |
//! | `start.lock` | held while somebody starts |

mod account;
mod binaries;
mod cluster;
mod create;
mod error;
mod launch;
mod place;
mod postmaster;
mod settings;
#[cfg(test)]
mod tests;

pub use cluster::Cluster;
pub use error::EmbeddedError;
pub use settings::{Fsync, Options};
