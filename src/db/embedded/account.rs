//! Who the server runs as: ourselves, or user `postgres` when we are root.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::{User, geteuid};
use tokio::process::Command;

use crate::db::embedded::error::EmbeddedError;

/// The user that root runs the server as, and the superuser inside of it.
pub const POSTGRES: &str = "postgres";

/// Whom the server's processes and files belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// To us.
    Ours {
        /// Our user.
        uid: u32,
    },
    /// To user `postgres`, because we are root.
    Postgres {
        /// Its user.
        uid: u32,
        /// Its primary group.
        gid: u32,
    },
}

impl Account {
    /// The account that this process can run a server as.
    pub fn find() -> Result<Self, EmbeddedError> {
        let ours = geteuid();
        if !ours.is_root() {
            return Ok(Self::Ours { uid: ours.as_raw() });
        }
        match User::from_name(POSTGRES) {
            Ok(Some(user)) => Ok(Self::Postgres { uid: user.uid.as_raw(), gid: user.gid.as_raw() }),
            Ok(None) => Err(EmbeddedError::NoAccount),
            Err(errno) => Err(EmbeddedError::file("look up user postgres in", Path::new("/etc/passwd"))(errno.into())),
        }
    }

    /// A command that runs as this account.
    ///
    /// It inherits almost nothing: not our directory, which the account may not enter, and not our environment,
    /// which may hold keys (and `PG…` variables that would lead it elsewhere).
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null()).env_clear().env("LC_ALL", "C");
        for name in ["PATH", "LD_LIBRARY_PATH"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        if let Self::Postgres { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes a file or directory the account's own.
    pub fn give(self, path: &Path) -> Result<(), EmbeddedError> {
        match self {
            Self::Ours { .. } => Ok(()),
            Self::Postgres { uid, gid } => {
                chown(path, Some(uid), Some(gid)).map_err(EmbeddedError::file("give to postgres", path))
            }
        }
    }

    /// True when this is a real directory of the account that nobody else may enter.
    pub fn keeps_private(self, dir: &Path) -> bool {
        let (Self::Ours { uid } | Self::Postgres { uid, .. }) = self;
        fs::symlink_metadata(dir).is_ok_and(|found| found.is_dir() && found.uid() == uid && found.mode() & 0o077 == 0)
    }

    /// The first directory, from the root down to `dir` itself, that the account may not enter.
    pub fn obstacle(self, dir: &Path) -> io::Result<Option<PathBuf>> {
        let Self::Postgres { uid, gid } = self else { return Ok(None) };
        let mut downwards: Vec<&Path> = dir.ancestors().filter(|path| *path != OsStr::new("")).collect();
        downwards.reverse();
        for path in downwards {
            let found = fs::metadata(path)?;
            let enter = match (found.uid() == uid, found.gid() == gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if found.mode() & enter == 0 {
                return Ok(Some(path.to_path_buf()));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_highest_closed_directory_is_the_obstacle() {
        let root = tempfile::tempdir().unwrap();
        let (closed, below) = (root.path().join("closed"), root.path().join("closed/below"));
        fs::create_dir_all(&below).unwrap();
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        open(root.path(), 0o711);
        open(&below, 0o700);
        open(&closed, 0o700);
        let stranger = Account::Postgres { uid: 4_000_000, gid: 4_000_000 };
        assert_eq!(stranger.obstacle(&below).unwrap(), Some(closed.clone()));
        open(&closed, 0o701);
        assert_eq!(stranger.obstacle(&below).unwrap(), Some(below.clone()));
        open(&below, 0o711);
        assert_eq!(stranger.obstacle(&below).unwrap(), None);
        assert_eq!(Account::Ours { uid: 1 }.obstacle(Path::new("/nowhere")).unwrap(), None);
    }
}
