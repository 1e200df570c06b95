//! Where the parts of a cluster lie, and the lock that lets one process at a time start it.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::unistd::geteuid;
use tokio::time::sleep;

use crate::db::embedded::account::Account;
use crate::db::embedded::error::EmbeddedError;
use crate::db::embedded::settings::PORT;

/// The kernel takes 107 bytes for the name of a socket; PostgreSQL wants room for its lock file beside it.
const SOCKET_BYTES_MAX: usize = 100;
const LOG_BYTES_MAX: u64 = 16 << 20;
/// Longer than a first start and a recovery take together.
const TURN_SECONDS_MAX: u64 = 120;
const POLL: Duration = Duration::from_millis(25);

/// The parts of a cluster.
#[derive(Clone, Debug)]
pub struct Place {
    /// The cluster's files.
    pub cluster: PathBuf,
    /// The directory of its socket.
    pub sockets: PathBuf,
    /// What the server says.
    pub log: PathBuf,
}

impl Place {
    /// Finds or makes everything around the cluster, but not the cluster.
    pub fn settle(dir: &Path, account: Account) -> Result<Self, EmbeddedError> {
        let home = home(dir, account)?;
        let sockets = sockets(dir, &home, account)?;
        Ok(Self { cluster: home.join("postgres"), sockets, log: dir.join("postgres.log") })
    }

    /// The socket file.
    pub fn socket(&self) -> PathBuf {
        socket(&self.sockets)
    }

    /// The major version of the cluster, when there is one.
    pub fn version(&self) -> Result<Option<u32>, EmbeddedError> {
        let file = self.cluster.join("PG_VERSION");
        let malformed = || EmbeddedError::file("understand", &file)(io::ErrorKind::InvalidData.into());
        match fs::read_to_string(&file) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| malformed()),
            Err(absent) if absent.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(refusal) => Err(EmbeddedError::file("read", &file)(refusal)),
        }
    }

    /// Opens the log to write at its end, the account's own; a long one becomes the old one.
    pub fn open_log(&self, account: Account) -> Result<File, EmbeddedError> {
        if fs::metadata(&self.log).is_ok_and(|log| log.len() > LOG_BYTES_MAX) {
            let old = self.log.with_extension("log.old");
            fs::rename(&self.log, &old).map_err(EmbeddedError::file("rename", &self.log))?;
        }
        let open = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.log);
        let log = open.map_err(EmbeddedError::file("open", &self.log))?;
        account.give(&self.log)?;
        Ok(log)
    }
}

/// The right to start the cluster of a data directory. Ends when dropped, and with the process.
pub struct Turn {
    _lock: File,
}

impl Turn {
    /// Waits until nobody else is starting this cluster.
    pub async fn take(dir: &Path) -> Result<Self, EmbeddedError> {
        let path = dir.join("start.lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let lock = open.map_err(EmbeddedError::file("open", &path))?;
        let began = Instant::now();
        // Polled, since a blocking lock could neither be cancelled nor end.
        while let Err(refusal) = lock.try_lock() {
            match refusal {
                TryLockError::WouldBlock if began.elapsed().as_secs() < TURN_SECONDS_MAX => sleep(POLL).await,
                TryLockError::WouldBlock => return Err(EmbeddedError::Busy { lock: path, seconds: TURN_SECONDS_MAX }),
                TryLockError::Error(refusal) => return Err(EmbeddedError::file("lock", &path)(refusal)),
            }
        }
        Ok(Self { _lock: lock })
    }
}

/// The data directory under its one true name, made when it does not exist.
pub fn data_dir(dir: &Path) -> Result<PathBuf, EmbeddedError> {
    // Root leaves a way through for the server's user; what lies inside has modes of its own.
    let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(dir).map_err(EmbeddedError::file("make", dir))?;
    fs::canonicalize(dir).map_err(EmbeddedError::file("find", dir))
}

/// Makes a directory that nobody but the account may enter, or makes it so again.
pub fn private(dir: &Path, account: Account) -> Result<(), EmbeddedError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(EmbeddedError::file("make", dir))?;
    account.give(dir)?;
    restrict(dir, 0o700)
}

/// `prefix` with a random end, for names nobody can foresee.
pub fn random(prefix: &str) -> Result<String, EmbeddedError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(EmbeddedError::Random)?;
    Ok(format!("{prefix}{}", hex::encode(bytes)))
}

/// The directory that holds the cluster: the data directory, unless the account cannot get there.
fn home(dir: &Path, account: Account) -> Result<PathBuf, EmbeddedError> {
    let record = dir.join("cluster.path");
    if let Some(place) = recorded(&record)? {
        let ours = fs::symlink_metadata(&place).is_ok_and(|found| found.is_dir() && found.uid() == geteuid().as_raw());
        // A new, empty cluster in its stead would look as if everything had been deleted.
        return if ours { Ok(place) } else { Err(EmbeddedError::Gone { place, record }) };
    }
    let Some(obstacle) = account.obstacle(dir).map_err(EmbeddedError::file("examine the way to", dir))? else {
        return Ok(dir.to_path_buf());
    };
    let found = fs::metadata(dir).map_err(EmbeddedError::file("examine", dir))?;
    if obstacle == dir && found.uid() == geteuid().as_raw() {
        restrict(dir, found.mode() & 0o7777 | 0o001)?;
        return Ok(dir.to_path_buf());
    }
    let cluster = dir.join("postgres");
    if cluster.exists() {
        return Err(EmbeddedError::OutOfReach { obstacle, cluster });
    }
    let place = Path::new("/var/tmp").join(random("jiujinan-")?);
    fs::create_dir(&place).map_err(EmbeddedError::file("make", &place))?;
    restrict(&place, 0o711)?;
    tracing::warn!(obstacle = %obstacle.display(), place = %place.display(), "user postgres cannot reach the data directory, the cluster lies elsewhere");
    write_record(&record, &place)?;
    Ok(place)
}

/// The directory for the socket: beside the cluster, unless its name would be too long.
fn sockets(dir: &Path, home: &Path, account: Account) -> Result<PathBuf, EmbeddedError> {
    let near = home.join("run");
    if socket(&near).as_os_str().len() <= SOCKET_BYTES_MAX {
        private(&near, account)?;
        return Ok(near);
    }
    let record = dir.join("socket.path");
    if let Some(short) = recorded(&record)?.filter(|short| account.keeps_private(short)) {
        return Ok(short);
    }
    let short = Path::new("/tmp").join(random("jjn-")?);
    DirBuilder::new().mode(0o700).create(&short).map_err(EmbeddedError::file("make", &short))?;
    private(&short, account)?;
    write_record(&record, &short)?;
    Ok(short)
}

fn socket(sockets: &Path) -> PathBuf {
    sockets.join(format!(".s.PGSQL.{PORT}"))
}

fn recorded(record: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
    match fs::read(record) {
        Ok(bytes) => Ok(Some(PathBuf::from(OsStr::from_bytes(bytes.trim_ascii_end())))),
        Err(absent) if absent.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(refusal) => Err(EmbeddedError::file("read", record)(refusal)),
    }
}

/// Written aside and renamed: a half-written record would lose the cluster.
fn write_record(record: &Path, place: &Path) -> Result<(), EmbeddedError> {
    let aside = record.with_extension("path.new");
    let text = [place.as_os_str().as_bytes(), b"\n"].concat();
    let write = || {
        fs::write(&aside, text)?;
        File::open(&aside)?.sync_all()?;
        fs::rename(&aside, record)
    };
    write().map_err(EmbeddedError::file("write", record))
}

/// Sets a mode whatever the umask says.
fn restrict(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(EmbeddedError::file("set the mode of", path))
}
