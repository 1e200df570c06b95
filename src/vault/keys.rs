//! The key directory, and the vault that holds its keys ready for use.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::iter::once;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aes_gcm::aead::consts::U12;
use aes_gcm::aes::Aes256Enc;
use aes_gcm::{AesGcm, KeyInit};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::vault::KeyFileError;
use crate::vault::key_file;

/// AES-256-GCM with the encrypting key schedule only: GCM needs no other, and a fresh data key is expanded per seal.
pub type Aes256Gcm = AesGcm<Aes256Enc, U12>;
/// HMAC-SHA256, keyed and ready to be cloned.
pub type HmacSha256 = Hmac<Sha256>;

const KEK_ID_LENGTH_MAX: usize = 16;
/// Leaves room for 9 999 rotations that sort in byte order.
const FIRST_KEK: &str = "kek-0001.key";
const INDEX_KEY: &str = "index.key";
const FINGERPRINT_KEY: &str = "fingerprint.key";

/// The keys of an installation, expanded once and shared by all threads. Shows the ids of its keys and nothing else.
pub struct Vault {
    /// The kek that seals: the greatest id in byte order.
    pub(super) sealing: Kek,
    /// The keks that only open.
    older: Vec<Kek>,
    pub(super) index: HmacSha256,
    pub(super) fingerprint: HmacSha256,
}

/// A key-encryption key, expanded.
pub struct Kek {
    pub id: String,
    pub cipher: Aes256Gcm,
}

impl Vault {
    /// Opens a key directory with `index.key`, `fingerprint.key` and at least one `kek-<id>.key`; other names are
    /// passed over.
    ///
    /// # Errors
    /// When a key is missing, malformed or misnamed, when a key file is open to group or others (0600 is wanted), or
    /// when group or others may put files into the directory (0700 is wanted).
    pub fn open(directory: &Path) -> Result<Self, KeyFileError> {
        let mode = fs::metadata(directory).map_err(KeyFileError::io(directory))?.permissions().mode() & 0o777;
        if mode & 0o022 != 0 {
            return Err(KeyFileError::Exposed { path: directory.to_owned(), mode, wanted: 0o700 });
        }
        let mut keks = kek_paths(directory)?
            .into_iter()
            .map(|(id, path)| Ok(Kek { id, cipher: cipher(&*key_file::read(&path)?) }))
            .collect::<Result<Vec<_>, _>>()?;
        keks.sort_by(|a, b| a.id.cmp(&b.id));
        let sealing = keks.pop().ok_or_else(|| KeyFileError::NoKek { path: directory.to_owned() })?;
        Ok(Self {
            sealing,
            older: keks,
            index: mac(&*key_file::read(&directory.join(INDEX_KEY))?),
            fingerprint: mac(&*key_file::read(&directory.join(FINGERPRINT_KEY))?),
        })
    }

    /// Makes the directory and the keys that are missing, then opens it. Processes that do so at once agree on every
    /// key. For a first start only: where an `index.key` was lost, a new one finds nobody who was stored before.
    ///
    /// # Errors
    /// As [`Vault::open`], and when the directory or a key cannot be made.
    pub fn create(directory: &Path) -> Result<Self, KeyFileError> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(KeyFileError::io(directory))?;
        for name in [INDEX_KEY, FINGERPRINT_KEY] {
            key_file::make_if_missing(&directory.join(name))?;
        }
        if kek_paths(directory)?.is_empty() {
            key_file::make_if_missing(&directory.join(FIRST_KEK))?;
        }
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(KeyFileError::io(directory))?;
        Self::open(directory)
    }

    /// The kek that sealed a value.
    pub(super) fn kek(&self, id: &str) -> Option<&Kek> {
        once(&self.sealing).chain(&self.older).find(|kek| kek.id == id)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let older: Vec<_> = self.older.iter().map(|kek| &kek.id).collect();
        f.debug_struct("Vault").field("sealing", &self.sealing.id).field("older", &older).finish_non_exhaustive()
    }
}

/// Whether `id` may name a kek: 1 to 16 of `a-z`, `0-9` and `-`.
pub fn is_kek_id(id: &str) -> bool {
    (1..=KEK_ID_LENGTH_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// AES-256-GCM under `key`.
pub fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

/// HMAC-SHA256 under `key`. Filling the key up to a block with zeros is what RFC 2104 §2 does with a short one.
pub fn mac(key: &[u8; 32]) -> HmacSha256 {
    let mut block = Zeroizing::new([0; 64]);
    for (byte, of_key) in block.iter_mut().zip(key) {
        *byte = *of_key;
    }
    HmacSha256::new((&*block).into())
}

/// Ids and paths of the key-encryption keys, in no order.
fn kek_paths(directory: &Path) -> Result<Vec<(String, PathBuf)>, KeyFileError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(KeyFileError::io(directory))? {
        let path = entry.map_err(KeyFileError::io(directory))?.path();
        let Some(name) = path.file_name().map(OsStr::to_string_lossy) else { continue };
        let Some(id) = name.strip_prefix("kek-").and_then(|rest| rest.strip_suffix(".key")) else { continue };
        if !is_kek_id(id) {
            return Err(KeyFileError::Name { path });
        }
        paths.push((id.to_owned(), path));
    }
    Ok(paths)
}

#[cfg(test)]
mod tests;
