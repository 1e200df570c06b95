//! Keys in files: our own as PKCS#8 PEM for its owner alone, made when missing, its public half beside it as `FILE.pub`.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey, EncodePublicKey};
use zeroize::Zeroizing;

use crate::rail::key::{OwnKey, PeerKey};

/// No honest key file is longer; a longer one is not read to its end.
const FILE_BYTES_MAX: u64 = 4096;

/// Why a key file cannot be used. Never holds anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("cannot use {path}: {cause}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// Group or others may read or write a private key.
    #[error("{path} has mode {mode:03o}: a private key is for its owner alone, 600 is wanted", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// The permission bits found.
        mode: u32,
    },
    /// It holds no Ed25519 key as PEM.
    #[error("{path} does not hold an Ed25519 key as PEM", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no random bytes for a new key.
    #[error("no random bytes for a new key: {0}")]
    Random(getrandom::Error),
}

impl OwnKey {
    /// A key made now.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn make() -> Result<Self, KeyFileError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(KeyFileError::Random)?;
        Ok(Self::from_seed(&seed))
    }

    /// Opens a key file; makes it, and its public half beside it, when there is none.
    ///
    /// # Errors
    /// Whatever keeps the file from being used; see [`KeyFileError`].
    pub fn open_or_make(path: &Path) -> Result<Self, KeyFileError> {
        if !path.exists() {
            let pem = Self::make()?.secret().to_pkcs8_pem(LineEnding::LF).map_err(|_| malformed(path))?;
            write_new(path, pem.as_bytes(), 0o600)?;
        }
        let key = Self::open(path)?;
        let public = public_path(path);
        if !public.exists() {
            let pem = key.peer().public().to_public_key_pem(LineEnding::LF).map_err(|_| malformed(path))?;
            write_new(&public, pem.as_bytes(), 0o644)?;
        }
        Ok(key)
    }

    /// Opens a key file.
    ///
    /// # Errors
    /// Whatever keeps the file from being used; see [`KeyFileError`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let (file, text) = read(path)?;
        // The mode is asked of the open file, so that it cannot be exchanged in between.
        let mode = file.metadata().map_err(io_error(path))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
        }
        Self::from_pem(&text).ok_or_else(|| malformed(path))
    }
}

impl PeerKey {
    /// Opens a file with a public key.
    ///
    /// # Errors
    /// Whatever keeps the file from being used; see [`KeyFileError`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        Self::from_pem(&read(path)?.1).ok_or_else(|| malformed(path))
    }
}

/// Where the public half of a key lies: `FILE.pub`.
fn public_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".pub");
    name.into()
}

fn read(path: &Path) -> Result<(File, Zeroizing<String>), KeyFileError> {
    let file = File::open(path).map_err(io_error(path))?;
    let mut text = Zeroizing::new(String::with_capacity(256));
    (&file).take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io_error(path))?;
    Ok((file, text))
}

/// Writes a file whole or not at all; one that another process has written meanwhile stays.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyFileError> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::hard_link(&draft, path)
    })();
    let removed = fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(io_error(path)(error)),
        Ok(()) | Err(_) => removed.map_err(io_error(&draft)),
    }
}

fn malformed(path: &Path) -> KeyFileError {
    KeyFileError::Malformed { path: path.to_owned() }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    move |cause| KeyFileError::Io { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_with_its_public_half_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bank.pem");
        let made = OwnKey::open_or_make(&path).unwrap();
        assert_eq!(OwnKey::open_or_make(&path).unwrap().id(), made.id());
        assert_eq!(PeerKey::open(&dir.path().join("bank.pem.pub")).unwrap().id(), made.id());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bank.pem");
        OwnKey::open_or_make(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(OwnKey::open(&path), Err(KeyFileError::Exposed { mode: 0o640, .. })));
    }

    #[test]
    fn a_private_key_is_no_public_one_and_the_other_way_round() {
        let dir = tempfile::tempdir().unwrap();
        let (path, public) = (dir.path().join("bank.pem"), dir.path().join("bank.pem.pub"));
        OwnKey::open_or_make(&path).unwrap();
        assert!(matches!(PeerKey::open(&path), Err(KeyFileError::Malformed { .. })));
        fs::set_permissions(&public, Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(OwnKey::open(&public), Err(KeyFileError::Malformed { .. })));
    }
}
