//! Sealing and unsealing: envelope encryption with AES-256-GCM (NIST SP 800-38D).

use aes_gcm::aead::array::Array;
use aes_gcm::aead::consts::{U12, U32, U56};
use aes_gcm::aead::{Aead, Payload};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::vault::Vault;
use crate::vault::key_file::Key;
use crate::vault::keys::cipher;
use crate::vault::sealed::{Envelope, Sealed, Unsealed, commitment, header};

/// The longest plaintext that is sealed, in bytes. What is personal is a few hundred; files do not belong here.
pub const PLAINTEXT_MAX: usize = 1 << 20;

/// Why a value was not sealed or not unsealed. Never holds anything of a key or a plaintext.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VaultError {
    /// More than [`PLAINTEXT_MAX`] bytes.
    #[error("plaintext of {length} bytes is longer than {PLAINTEXT_MAX}")]
    TooLong {
        /// Its bytes.
        length: usize,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes for a seal: {0}")]
    Random(getrandom::Error),
    /// Bytes that were never a sealed value, or were cut.
    #[error("not a sealed value, or cut short")]
    Malformed,
    /// Sealed by a later program.
    #[error("sealed value has version {version}, which is not known here")]
    UnknownVersion {
        /// The version it names.
        version: u8,
    },
    /// Sealed with an algorithm that this program does not know.
    #[error("sealed value is encrypted with {algorithm}, which is not known here")]
    UnknownAlgorithm {
        /// The algorithm it names.
        algorithm: String,
    },
    /// Sealed under a kek that is not in the key directory.
    #[error("sealed value needs kek-{id}.key, which is not in the key directory")]
    UnknownKek {
        /// The id of the kek it names.
        id: String,
    },
    /// The bytes were changed, belong to another context, or the kek file of this id holds another key.
    #[error("sealed value does not open: changed, moved to another context, or sealed under another key of that id")]
    Refused,
}

impl Vault {
    /// Seals `plaintext` so that it opens only with `context`, which says what it is and whose (row and column).
    ///
    /// Equal plaintexts give different bytes. The bytes are 98 longer than the plaintext, and the kek's id.
    /// All randomness is drawn in one call, which is a third of the cost of a small seal.
    ///
    /// # Errors
    /// [`VaultError::TooLong`] and [`VaultError::Random`].
    pub fn seal(&self, plaintext: &[u8], context: &[u8]) -> Result<Sealed, VaultError> {
        let too_long = || VaultError::TooLong { length: plaintext.len() };
        if plaintext.len() > PLAINTEXT_MAX {
            return Err(too_long());
        }
        let mut random = Zeroizing::new([0; 56]);
        getrandom::fill(&mut *random).map_err(VaultError::Random)?;
        let (data_key, nonces) = <&Array<u8, U56>>::from(&*random).split_ref::<U32>();
        let (wrap_nonce, nonce) = nonces.split_ref::<U12>();

        let header = header(&self.sealing.id);
        let aad = &[&header, context].concat();
        let data_key: &[u8; 32] = data_key.into();
        let wrapped_key = self.sealing.cipher.encrypt(wrap_nonce, Payload { msg: data_key, aad }).map_err(|_| too_long())?;
        let ciphertext = cipher(data_key).encrypt(nonce, Payload { msg: plaintext, aad }).map_err(|_| too_long())?;
        Ok(Sealed {
            bytes: [&header, &**wrap_nonce, &wrapped_key, &**nonce, &ciphertext].concat(),
            commitment: commitment(data_key, plaintext),
        })
    }

    /// Opens a sealed value with the context it was sealed with.
    ///
    /// # Errors
    /// Every variant of [`VaultError`] that speaks of a sealed value.
    pub fn unseal(&self, sealed: &[u8], context: &[u8]) -> Result<Unsealed, VaultError> {
        let envelope = Envelope::parse(sealed)?;
        let Some(kek) = self.kek(envelope.kek_id) else {
            return Err(VaultError::UnknownKek { id: envelope.kek_id.to_owned() });
        };
        let aad = &[envelope.header, context].concat();
        let refused = |_| VaultError::Refused;
        let wrap = Payload { msg: envelope.wrapped_key, aad };
        let data_key = kek.cipher.decrypt(envelope.wrap_nonce.into(), wrap).map(Zeroizing::new).map_err(refused)?;
        let data_key: Key = Zeroizing::new(data_key.as_slice().try_into().map_err(|_| VaultError::Malformed)?);
        let text = Payload { msg: envelope.ciphertext, aad };
        let plaintext = cipher(&data_key).decrypt(envelope.nonce.into(), text).map_err(refused)?;
        Ok(Unsealed { plaintext: Zeroizing::new(plaintext), data_key })
    }
}

#[cfg(test)]
mod tests;
