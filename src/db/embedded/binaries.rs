//! Where PostgreSQL's programs are.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::db::embedded::account::Account;
use crate::db::embedded::error::EmbeddedError;

/// The oldest version that we are tested with.
const OLDEST: u32 = 15;

/// Where Debian and its relatives install each version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// The programs of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// Makes clusters.
    pub initdb: PathBuf,
    /// The server.
    pub postgres: PathBuf,
}

impl Binaries {
    /// The first that will do: those on PATH, then the installed ones, the highest version first.
    ///
    /// A cluster that exists needs its own major version; a new one takes any from 15.
    pub async fn find(account: Account, cluster: Option<u32>) -> Result<Self, EmbeddedError> {
        let path = env::var_os("PATH").unwrap_or_default();
        Self::choose(candidates(&path, Path::new(INSTALLED)), account, cluster).await
    }

    async fn choose(candidates: Vec<Self>, account: Account, cluster: Option<u32>) -> Result<Self, EmbeddedError> {
        let mut rejected = String::new();
        for binaries in candidates {
            let reason = match (binaries.version(account).await, cluster) {
                (Ok(version), Some(needed)) if version == needed => return Ok(binaries),
                (Ok(version), None) if version >= OLDEST => return Ok(binaries),
                (Ok(version), _) => format!("version {version}"),
                (Err(reason), _) => reason,
            };
            rejected.push_str(&format!("; {}: {reason}", binaries.postgres.display()));
        }
        let wanted = cluster.map_or(format!("{OLDEST} or newer"), |needed| format!("{needed} (the version of the cluster)"));
        Err(EmbeddedError::NoBinaries { wanted, rejected })
    }

    /// The major version, asked as the account that will run it: a program that it cannot reach is of no use.
    async fn version(&self, account: Account) -> Result<u32, String> {
        let mut command = account.command(&self.postgres);
        let output = command.arg("--version").stderr(Stdio::null()).output().await.map_err(|refusal| refusal.to_string())?;
        let answer = String::from_utf8_lossy(&output.stdout);
        major(&answer).ok_or_else(|| format!("no version in {:?}", answer.trim()))
    }
}

/// The major version in the answer to `--version`, e.g. `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(answer: &str) -> Option<u32> {
    let version = answer.strip_prefix("postgres (PostgreSQL) ")?;
    let digits = version.split(|char: char| !char.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn candidates(path: &OsStr, installed: &Path) -> Vec<Binaries> {
    // PATH often holds links to single programs; the siblings are where a link leads.
    let linked = env::split_paths(path).flat_map(|dir| [dir.join("postgres"), dir.join("initdb")]);
    let on_path = linked.filter_map(|program| Some(fs::canonicalize(program).ok()?.parent()?.to_path_buf()));

    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(installed)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));

    let mut found: Vec<Binaries> = Vec::new();
    for dir in on_path.chain(versions.into_iter().map(|(_, dir)| dir)) {
        let binaries = Binaries { initdb: dir.join("initdb"), postgres: dir.join("postgres") };
        if binaries.initdb.is_file() && binaries.postgres.is_file() && !found.contains(&binaries) {
            found.push(binaries);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// A directory with both programs, whose `postgres` claims a version.
    fn install(bin: PathBuf, version: &str) -> PathBuf {
        fs::create_dir_all(&bin).unwrap();
        for program in ["initdb", "postgres"] {
            let program = bin.join(program);
            fs::write(&program, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        bin
    }

    #[test]
    fn the_version_is_the_number_after_the_name() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("command not found"), None);
    }

    #[test]
    fn links_on_path_come_first_then_the_highest_version() {
        let root = tempfile::tempdir().unwrap();
        let installed = root.path().canonicalize().unwrap();
        for version in ["9.6", "14", "9", "17"] {
            install(installed.join(version).join("bin"), version);
        }
        let (linked, links) = (install(installed.join("own/bin"), "16.1"), installed.join("links"));
        fs::create_dir(&links).unwrap();
        symlink(linked.join("postgres"), links.join("postgres")).unwrap();
        let path = env::join_paths([installed.join("empty"), links]).unwrap();
        let found: Vec<PathBuf> = candidates(&path, &installed).into_iter().map(|found| found.postgres).collect();
        let expected = ["own/bin", "17/bin", "14/bin", "9/bin"].map(|bin| installed.join(bin).join("postgres"));
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn an_old_version_is_refused_with_what_to_install() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        install(root.path().join("14/bin"), "14.11");
        install(root.path().join("16/bin"), "16.3");
        let found = candidates(OsStr::new(""), root.path());
        let account = Account::find().unwrap();

        let newest = Binaries::choose(found.clone(), account, None).await.unwrap();
        assert_eq!(newest.postgres, root.path().join("16/bin/postgres"));
        let own = Binaries::choose(found.clone(), account, Some(14)).await.unwrap();
        assert_eq!(own.postgres, root.path().join("14/bin/postgres"), "a cluster keeps its version");

        let old = found.into_iter().filter(|found| found.postgres.starts_with(root.path().join("14"))).collect();
        let refusal = Binaries::choose(old, account, None).await.unwrap_err().to_string();
        assert!(
            refusal.contains("15 or newer") && refusal.contains("version 14") && refusal.contains("apt-get install"),
            "{refusal}"
        );
    }
}
