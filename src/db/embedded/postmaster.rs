//! The running server of a cluster: who it is, whether it lives, how it is told to stop.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::sleep;

use crate::db::embedded::error::EmbeddedError;

/// A fast shutdown writes a checkpoint; a slow disk may take its time over 2 GB.
const STOP_SECONDS_MAX: u64 = 120;
const POLL: Duration = Duration::from_millis(20);

/// The process that serves a cluster.
#[derive(Clone, Debug)]
pub struct Postmaster {
    pid: i32,
    cluster: PathBuf,
}

impl Postmaster {
    /// The server that `postmaster.pid` names, if that process really serves this cluster.
    pub fn of(cluster: &Path) -> Option<Self> {
        let named = Self { pid: named(cluster)?, cluster: cluster.to_path_buf() };
        named.lives().then_some(named)
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// True while the process is there and still the one we mean, told by its command line:
    /// a number is soon somebody else's, and a dead child that was not yet waited for has no command line.
    pub fn lives(&self) -> bool {
        command_line(self.pid).is_some_and(|line| serves(&line, &self.cluster))
    }

    /// Fast shutdown: sessions are ended, everything is flushed. Returns when the process has ended.
    pub async fn stop(&self) -> Result<(), EmbeddedError> {
        let pid = self.pid;
        match kill(Pid::from_raw(pid), Signal::SIGINT) {
            Ok(()) => {}
            Err(Errno::ESRCH) => return Ok(()),
            Err(source) => return Err(EmbeddedError::Signal { pid, source }),
        }
        let began = Instant::now();
        while self.lives() {
            if began.elapsed().as_secs() >= STOP_SECONDS_MAX {
                return Err(EmbeddedError::StillRunning { pid, seconds: STOP_SECONDS_MAX });
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// What a server that died left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remains {
    /// Nothing: it was stopped in order, or there never was one.
    None,
    /// Its `postmaster.pid`: it crashed, and children of it may be about to notice.
    Crash,
}

/// Clears the way for a new server, after [`Postmaster::of`] has found none.
///
/// PostgreSQL removes the file of a dead process itself, but refuses to start while any process of the same user
/// has that number. Removing it is safe even if we are wrong: the server also looks for shared memory of this cluster.
pub fn clear(cluster: &Path) -> Result<Remains, EmbeddedError> {
    let file = cluster.join("postmaster.pid");
    if !file.exists() {
        return Ok(Remains::None);
    }
    let stranger = named(cluster).and_then(command_line).is_some_and(|line| !serves(&line, cluster));
    if stranger {
        tracing::warn!(file = %file.display(), "removing a stale lock file, its process number is somebody else's now");
        match fs::remove_file(&file) {
            Err(refusal) if refusal.kind() != io::ErrorKind::NotFound => {
                return Err(EmbeddedError::file("remove", &file)(refusal));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(Remains::Crash)
}

/// The process that `postmaster.pid` names. Its first line is the number, negative for a single-user server.
fn named(cluster: &Path) -> Option<i32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid = text.lines().next()?.trim().parse().ok()?;
    (pid > 0).then_some(pid)
}

/// The arguments of a process, if it lives; everybody may read them, unlike its directory.
fn command_line(pid: i32) -> Option<Vec<u8>> {
    fs::read(format!("/proc/{pid}/cmdline")).ok().filter(|line| !line.is_empty())
}

/// True for the command line `…/postgres -D <cluster> …`. Children of a server rewrite theirs.
fn serves(line: &[u8], cluster: &Path) -> bool {
    let mut arguments = line.split(|byte| *byte == 0).map(OsStr::from_bytes);
    let program = arguments.next().and_then(|program| Path::new(program).file_name());
    program == Some(OsStr::new("postgres"))
        && arguments.next() == Some(OsStr::new("-D"))
        && arguments.next() == Some(cluster.as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_of_this_very_cluster_counts() {
        let cluster = Path::new("/a/postgres");
        assert!(serves(b"/usr/lib/postgresql/15/bin/postgres\0-D\0/a/postgres\0-c\0port=5432\0", cluster));
        assert!(!serves(b"/usr/lib/postgresql/15/bin/postgres\0-D\0/b/postgres\0", cluster));
        assert!(!serves(b"/usr/bin/vi\0-D\0/a/postgres\0", cluster));
        assert!(!serves(b"postgres: checkpointer ", cluster));
    }

    #[test]
    fn a_lock_file_whose_number_is_somebody_elses_is_removed() {
        let cluster = tempfile::tempdir().unwrap();
        let file = cluster.path().join("postmaster.pid");
        assert_eq!(clear(cluster.path()).unwrap(), Remains::None);
        fs::write(&file, format!("{}\n{}\n", std::process::id(), cluster.path().display())).unwrap();
        assert!(Postmaster::of(cluster.path()).is_none(), "we are no server");
        assert_eq!(clear(cluster.path()).unwrap(), Remains::Crash);
        assert!(!file.exists());
    }
}
