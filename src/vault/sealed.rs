//! A sealed value: its bytes, and what comes out of it.
//!
//! ```text
//!  1  version, 1
//!  1  length of the algorithm's name      ┐
//!  n  algorithm, A256GCM                  │ header, authenticated
//!  1  length of the kek's id              │ together with the context
//!  n  id of the kek                       ┘
//! 12  nonce of the wrap
//! 48  data key, encrypted under the kek, with its tag of 16 bytes
//! 12  nonce of the text
//!  n  plaintext, encrypted under the data key, with its tag of 16 bytes
//! ```

use std::fmt;

use hmac::Mac;
use zeroize::Zeroizing;

use crate::vault::VaultError;
use crate::vault::key_file::Key;
use crate::vault::keys::{is_kek_id, mac};

const VERSION: u8 = 1;
/// AES-256-GCM for wrap and text, as RFC 7518 names it.
const ALGORITHM: &str = "A256GCM";
/// Separates the commitment from any other use of HMAC under a data key.
const COMMITMENT: &[u8] = b"jiujinan/commitment\0";

/// A sealed value, ready to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub(super) bytes: Vec<u8>,
    pub(super) commitment: [u8; 32],
}

impl Sealed {
    /// The bytes to store; they describe themselves.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// HMAC-SHA256 under the data key of `jiujinan/commitment`, a zero byte and the plaintext. Not part of the bytes.
    #[must_use]
    pub const fn commitment(&self) -> [u8; 32] {
        self.commitment
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// A value taken out of its seal; wiped from memory when dropped.
pub struct Unsealed {
    pub(super) plaintext: Zeroizing<Vec<u8>>,
    pub(super) data_key: Key,
}

impl Unsealed {
    /// What was sealed.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// The commitment that [`Sealed::commitment`] gave when this was sealed.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        commitment(&self.data_key, &self.plaintext)
    }
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unsealed({} bytes)", self.plaintext.len())
    }
}

/// What a sealed value commits to.
pub fn commitment(data_key: &[u8; 32], plaintext: &[u8]) -> [u8; 32] {
    let mut mac = mac(data_key);
    mac.update(COMMITMENT);
    mac.update(plaintext);
    mac.finalize().into_bytes().into()
}

/// The head of a value sealed under the kek `id`.
pub fn header(id: &str) -> Vec<u8> {
    let mut header = vec![VERSION];
    for name in [ALGORITHM, id] {
        // Both are far shorter than 256: the id has at most 16 characters.
        header.push(name.len() as u8);
        header.extend_from_slice(name.as_bytes());
    }
    header
}

/// The parts of a sealed value, not yet authenticated.
pub struct Envelope<'a> {
    pub header: &'a [u8],
    pub kek_id: &'a str,
    pub wrap_nonce: &'a [u8; 12],
    pub wrapped_key: &'a [u8; 48],
    pub nonce: &'a [u8; 12],
    pub ciphertext: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Takes sealed bytes apart.
    ///
    /// # Errors
    /// When they are no sealed value, or one of a version or algorithm this program does not know.
    pub fn parse(sealed: &'a [u8]) -> Result<Self, VaultError> {
        let (version, rest) = sealed.split_first().ok_or(VaultError::Malformed)?;
        if *version != VERSION {
            return Err(VaultError::UnknownVersion { version: *version });
        }
        let (algorithm, rest) = name(rest)?;
        if algorithm != ALGORITHM {
            return Err(VaultError::UnknownAlgorithm { algorithm: algorithm.to_owned() });
        }
        let (kek_id, body) = name(rest)?;
        if !is_kek_id(kek_id) {
            return Err(VaultError::Malformed);
        }
        let header = sealed.get(..sealed.len() - body.len()).ok_or(VaultError::Malformed)?;
        let (wrap_nonce, body) = body.split_first_chunk().ok_or(VaultError::Malformed)?;
        let (wrapped_key, body) = body.split_first_chunk().ok_or(VaultError::Malformed)?;
        let (nonce, ciphertext) = body.split_first_chunk().ok_or(VaultError::Malformed)?;
        Ok(Self { header, kek_id, wrap_nonce, wrapped_key, nonce, ciphertext })
    }
}

/// A name after its length; letters, digits and `-` only, so that it may stand in an error message.
fn name(bytes: &[u8]) -> Result<(&str, &[u8]), VaultError> {
    let (length, rest) = bytes.split_first().ok_or(VaultError::Malformed)?;
    let (name, rest) = rest.split_at_checked(usize::from(*length)).ok_or(VaultError::Malformed)?;
    let name = str::from_utf8(name).map_err(|_| VaultError::Malformed)?;
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(VaultError::Malformed);
    }
    Ok((name, rest))
}
