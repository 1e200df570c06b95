//! What can go wrong with a private cluster. Each message says what to do, because a person at a terminal reads it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The file system refused.
    #[error("cannot {what} {}", path.display())]
    File {
        /// What was tried, as a verb.
        what: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// The system gave no random bytes for a name.
    #[error("the system gives no random bytes")]
    Random(#[source] getrandom::Error),
    /// No usable binaries.
    #[error(
        "no usable PostgreSQL {wanted} was found on PATH or in /usr/lib/postgresql/*/bin{rejected}; \
         install it (Debian, Ubuntu: apt-get install postgresql) or put the directory of its initdb and postgres on PATH"
    )]
    NoBinaries {
        /// Which version would do.
        wanted: String,
        /// What was found and why it does not do; empty when there was nothing.
        rejected: String,
    },
    /// We are root and there is nobody to run the server as.
    #[error(
        "PostgreSQL refuses to run as root and there is no user postgres; make one (useradd --system postgres) or run as an ordinary user"
    )]
    NoAccount,
    /// The cluster exists where the server's user cannot reach it.
    #[error("user postgres cannot enter {}, so it cannot reach the cluster in {}; allow it (chmod o+x) or move the data directory", obstacle.display(), cluster.display())]
    OutOfReach {
        /// The directory that cannot be entered.
        obstacle: PathBuf,
        /// The cluster.
        cluster: PathBuf,
    },
    /// The recorded place of the cluster is not there, or not ours.
    #[error("the cluster in {} is gone or belongs to somebody else; to begin with an empty one, remove {}", place.display(), record.display())]
    Gone {
        /// Where the cluster was.
        place: PathBuf,
        /// The file that says so.
        record: PathBuf,
    },
    /// Somebody else has been starting this cluster for too long.
    #[error("another process has been starting this cluster for {seconds} s (lock {})", lock.display())]
    Busy {
        /// The lock.
        lock: PathBuf,
        /// How long we waited.
        seconds: u64,
    },
    /// `initdb` failed.
    #[error("initdb failed ({status}):\n{output}")]
    Initdb {
        /// How it ended.
        status: ExitStatus,
        /// Its last words.
        output: String,
    },
    /// The server ended before it was ready.
    #[error("postgres ended before it was ready ({status}); the end of {}:\n{tail}", log.display())]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server runs and does not answer. It is left running: recovery may need longer, and the next start waits again.
    #[error("postgres did not answer within {seconds} s ({cause}); the end of {}:\n{tail}", log.display())]
    Silent {
        /// How long we waited.
        seconds: u64,
        /// What the last attempt said.
        cause: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server got the signal and does not end.
    #[error("postgres (process {pid}) did not stop within {seconds} s")]
    StillRunning {
        /// Its process.
        pid: i32,
        /// How long we waited.
        seconds: u64,
    },
    /// The server may not be signalled.
    #[error("cannot signal postgres (process {pid})")]
    Signal {
        /// Its process.
        pid: i32,
        /// The refusal.
        source: nix::Error,
    },
}

impl EmbeddedError {
    /// For `map_err`: the file system refused to do this to that.
    pub(super) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }
}
