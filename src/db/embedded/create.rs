//! Making a new cluster, all or nothing.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::db::embedded::account::{Account, POSTGRES};
use crate::db::embedded::binaries::Binaries;
use crate::db::embedded::error::EmbeddedError;
use crate::db::embedded::place::{private, random};
use crate::db::embedded::settings::Fsync;

/// Unfinished clusters are called this and something random, so that they never share a name with one still being made
/// by an `initdb` that outlived its parent.
const UNFINISHED: &str = "postgres.new-";

/// Makes the cluster beside its place and moves it there when it is whole: an interrupted `initdb` leaves nothing to trust.
pub async fn create(cluster: &Path, binaries: &Binaries, account: Account, fsync: Fsync) -> Result<(), EmbeddedError> {
    let home = cluster.parent().unwrap_or(cluster);
    sweep(home).await;
    let unfinished = home.join(random(UNFINISHED)?);
    private(&unfinished, account)?;

    let mut initdb = account.command(&binaries.initdb);
    initdb.args(["-A", "trust", "--locale=C", "-E", "UTF8", "-k", "-U", POSTGRES]);
    match fsync {
        Fsync::On => {}
        Fsync::Off => {
            initdb.arg("--no-sync");
        }
    }
    initdb.arg("-D").arg(&unfinished).kill_on_drop(true);
    let ran = initdb.output().await.map_err(EmbeddedError::file("run", &binaries.initdb))?;
    if !ran.status.success() {
        sweep(home).await;
        let output = [ran.stdout, ran.stderr].concat();
        return Err(EmbeddedError::Initdb { status: ran.status, output: String::from_utf8_lossy(&output).trim().to_owned() });
    }
    fs::rename(&unfinished, cluster).map_err(EmbeddedError::file("move the new cluster to", cluster))?;
    File::open(home).and_then(|home| home.sync_all()).map_err(EmbeddedError::file("flush", home))
}

/// Removes what interrupted attempts left. A failure is no reason to stop: nothing trusts these directories.
async fn sweep(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if is_unfinished(&entry.file_name())
            && let Err(refusal) = tokio::fs::remove_dir_all(entry.path()).await
        {
            tracing::warn!(path = %entry.path().display(), %refusal, "an unfinished cluster stays behind");
        }
    }
}

fn is_unfinished(name: &OsStr) -> bool {
    name.as_bytes().starts_with(UNFINISHED.as_bytes())
}
