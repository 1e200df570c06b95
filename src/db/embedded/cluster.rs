//! The cluster as its users see it.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::db::embedded::account::{Account, POSTGRES};
use crate::db::embedded::binaries::Binaries;
use crate::db::embedded::create::create;
use crate::db::embedded::error::EmbeddedError;
use crate::db::embedded::launch::{Found, await_found, launch};
use crate::db::embedded::place::{Place, Turn, data_dir};
use crate::db::embedded::postmaster::{Postmaster, Remains, clear};
use crate::db::embedded::settings::{Options, PORT};

const AGAIN_MAX: Duration = Duration::from_secs(10);
/// How often a server that should run is looked for.
const LOOK_AFTER: Duration = Duration::from_secs(1);
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A private PostgreSQL cluster that belongs to one data directory.
///
/// Dropping it changes nothing: the server runs on until [`Cluster::stop`], also when this process is killed.
#[derive(Debug)]
pub struct Cluster {
    dir: PathBuf,
    place: Place,
    adopted: bool,
}

impl Cluster {
    /// Finds the binaries, creates the cluster when it is new, starts it, or adopts the server that still runs on it.
    ///
    /// Returns when the server has answered a query, recovery after a crash included. Safe to call from several
    /// processes at once: one starts, the others adopt.
    pub async fn start(dir: &Path, options: &Options) -> Result<Self, EmbeddedError> {
        let account = Account::find()?;
        let dir = data_dir(dir)?;
        let _turn = Turn::take(&dir).await?;
        let place = Place::settle(&dir, account)?;
        let (began, mut crashed) = (Instant::now(), false);
        loop {
            if let Some(server) = Postmaster::of(&place.cluster)
                && let Found::Answers = await_found(&server, &place).await?
            {
                return Ok(Self { dir, place, adopted: true });
            }
            let version = place.version()?;
            let binaries = Binaries::find(account, version).await?;
            if version.is_none() {
                create(&place.cluster, &binaries, account, options.fsync).await?;
            }
            crashed |= clear(&place.cluster)? == Remains::Crash;
            match launch(&place, &binaries, account, options).await {
                Ok(()) => return Ok(Self { dir, place, adopted: false }),
                // Children of the crashed server may still hold its memory, or a starter that was killed
                // may have left a server that had not written its name yet.
                Err(EmbeddedError::Ended { .. })
                    if began.elapsed() < AGAIN_MAX && (crashed || Postmaster::of(&place.cluster).is_some()) =>
                {
                    sleep(AGAIN_AFTER).await;
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }

    /// Starts the server again whenever it has ended, for as long as somebody waits; returns why it can not.
    pub async fn keep_up(&self, options: &Options) -> EmbeddedError {
        loop {
            sleep(LOOK_AFTER).await;
            if Postmaster::of(&self.place.cluster).is_some() {
                continue;
            }
            tracing::error!("the database has ended; it is started again");
            if let Err(refusal) = Self::start(&self.dir, options).await {
                return refusal;
            }
        }
    }

    /// The directory of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.place.sockets
    }

    /// The port. Nothing listens on it; it only names the socket file.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The role that may do everything, without a password.
    pub fn superuser(&self) -> &str {
        POSTGRES
    }

    /// Where PostgreSQL keeps the cluster: in the data directory, or in the place that `cluster.path` there names.
    pub fn cluster_dir(&self) -> &Path {
        &self.place.cluster
    }

    /// What the server says.
    pub fn log_file(&self) -> &Path {
        &self.place.log
    }

    /// True when the server was already running, with the options of whoever started it.
    pub fn adopted(&self) -> bool {
        self.adopted
    }

    /// The address of a database for the superuser, e.g. `postgresql://postgres@%2Fdata%2Frun:5432/postgres`.
    pub fn url(&self, database: &str) -> String {
        let host = percent_encoded(self.place.sockets.as_os_str().as_bytes());
        format!("postgresql://{POSTGRES}@{host}:{PORT}/{}", percent_encoded(database.as_bytes()))
    }

    /// Fast shutdown: sessions are ended, everything is flushed. Returns when the server is down; fine when it already is.
    pub async fn stop(&self) -> Result<(), EmbeddedError> {
        match Postmaster::of(&self.place.cluster) {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }
}

/// Everything but the unreserved characters of RFC 3986, section 2.3, as `%` and two digits.
fn percent_encoded(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use tokio_postgres::Config;
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn the_url_survives_any_path_and_name() {
        let sockets = Path::new("/a b/急难,c:d@e?%/run").to_path_buf();
        let place = Place { cluster: "/c".into(), log: "/l".into(), sockets: sockets.clone() };
        let config: Config = Cluster { dir: "/d".into(), place, adopted: false }.url("q/?#&=%").parse().unwrap();
        assert_eq!(config.get_hosts(), [Host::Unix(sockets)]);
        assert_eq!(config.get_ports(), [PORT]);
        assert_eq!(config.get_user(), Some(POSTGRES));
        assert_eq!(config.get_dbname(), Some("q/?#&=%"));
    }
}
