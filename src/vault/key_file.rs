//! One file of the key directory: 64 hexadecimal characters (32 bytes) and perhaps a line end, mode 0600.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

/// A symmetric key.
pub type Key = Zeroizing<[u8; 32]>;

/// No honest key file is longer; a longer one is not read to its end.
const FILE_BYTES_MAX: u64 = 80;

/// Why the key directory cannot be used. Never holds anything of a key.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// The directory or a file in it cannot be read or made.
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io {
        /// What was to be read or made.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Group or others may read or write a key file, or may put files into the key directory.
    #[error("{path} has mode {mode:03o}: keys are for their owner alone, {wanted:03o} is wanted", path = .path.display())]
    Exposed {
        /// The file or directory.
        path: PathBuf,
        /// The permission bits found.
        mode: u32,
        /// The permission bits to set.
        wanted: u32,
    },
    /// A key file holds something else than a key.
    #[error("{path} does not hold 64 hexadecimal characters", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// A file is named `kek-….key` with an id that is not 1 to 16 of `a-z`, `0-9` and `-`.
    #[error("{path} is not named kek-<id>.key with an id of 1 to 16 of a-z, 0-9 and minus", path = .path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// There is no key to seal with.
    #[error("{path} holds no kek-<id>.key", path = .path.display())]
    NoKek {
        /// The directory.
        path: PathBuf,
    },
    /// The operating system gave no random bytes for a new key.
    #[error("no random bytes for a new key: {0}")]
    Random(getrandom::Error),
}

impl KeyFileError {
    /// For `map_err`: an error of the operating system about `path`.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

/// Reads a key. The mode is asked of the open file, so that it cannot be exchanged in between.
pub fn read(path: &Path) -> Result<Key, KeyFileError> {
    let file = File::open(path).map_err(KeyFileError::io(path))?;
    let mode = file.metadata().map_err(KeyFileError::io(path))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode, wanted: 0o600 });
    }
    // Large enough from the start: a buffer that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(128));
    file.take(FILE_BYTES_MAX).read_to_end(&mut text).map_err(KeyFileError::io(path))?;
    let mut key = Key::default();
    hex::decode_to_slice(text.trim_ascii_end(), &mut *key).map_err(|_| KeyFileError::Malformed { path: path.to_owned() })?;
    Ok(key)
}

/// Makes a key file with a random key, unless there is one.
///
/// The key is written whole to a file of another name and then linked to its own: whoever looks sees a whole key or
/// none, and of two processes that start at once one wins and both read its key. Flushed, because what is sealed
/// under a key that a power failure took is lost.
pub fn make_if_missing(path: &Path) -> Result<(), KeyFileError> {
    if path.exists() {
        return Ok(());
    }
    let mut key = Key::default();
    let mut name = [0; 8];
    getrandom::fill(&mut *key).map_err(KeyFileError::Random)?;
    getrandom::fill(&mut name).map_err(KeyFileError::Random)?;
    let draft = path.with_file_name(format!(".draft-{}", hex::encode(name)));
    let made = write_new(&draft, &key).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(KeyFileError::io(path)(error)),
        Ok(()) | Err(_) => removed.map_err(KeyFileError::io(&draft)),
    }
}

fn write_new(path: &Path, key: &Key) -> io::Result<()> {
    let mut text = Zeroizing::new([0; 65]);
    let (hexadecimal, line_end) = text.split_at_mut(64);
    hex::encode_to_slice(**key, hexadecimal).map_err(io::Error::other)?;
    line_end.fill(b'\n');
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&*text)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use crate::vault::key_file::{make_if_missing, read};

    const HEXADECIMAL: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_key_is_64_hexadecimal_characters_and_perhaps_a_line_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index.key");
        let long = format!("{HEXADECIMAL}{}", " ".repeat(40));
        for (text, good) in [
            (HEXADECIMAL.to_owned(), true),
            (format!("{HEXADECIMAL}\n"), true),
            (HEXADECIMAL.to_uppercase(), true),
            (String::new(), false),
            (HEXADECIMAL[2..].to_owned(), false),
            (format!("{HEXADECIMAL}00"), false),
            (HEXADECIMAL.replace('f', "g"), false),
            (format!("{long}more"), true), // what lies beyond the limit is not read
        ] {
            fs::write(&path, &text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            match read(&path) {
                Ok(key) => assert!(good && key[..3] == [0, 1, 2], "{text:?}"),
                Err(error) => {
                    assert!(!good, "{text:?}");
                    let message = error.to_string();
                    assert!(message.ends_with("index.key does not hold 64 hexadecimal characters"), "{message}");
                    assert!(!message.contains("0a0b0c"), "{message}");
                }
            }
        }
    }

    #[test]
    fn a_made_key_is_random_for_its_owner_alone_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (index, other) = (dir.path().join("index.key"), dir.path().join("other.key"));
        make_if_missing(&index).unwrap();
        make_if_missing(&other).unwrap();
        let first = read(&index).unwrap();
        make_if_missing(&index).unwrap();
        assert_eq!(*read(&index).unwrap(), *first);
        assert_ne!(*read(&other).unwrap(), *first);
        assert_eq!(fs::metadata(&index).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no draft is left");
    }
}
