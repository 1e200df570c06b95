//! Keys of the two ends: our own, and the pinned one of the other end. Both are Ed25519.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The private key of this end; signs what it sends.
#[derive(Clone)]
pub struct OwnKey {
    key: SigningKey,
    id: String,
}

/// The public key of the other end, pinned: what it sends is verified with this key and no other.
#[derive(Clone)]
pub struct PeerKey {
    key: VerifyingKey,
    id: String,
}

impl OwnKey {
    /// A key out of its 32 secret bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::new(SigningKey::from_bytes(seed))
    }

    /// A key as PKCS#8 PEM; none when the text is no Ed25519 key.
    pub fn from_pem(pem: &str) -> Option<Self> {
        SigningKey::from_pkcs8_pem(pem).ok().map(Self::new)
    }

    fn new(key: SigningKey) -> Self {
        Self { id: thumbprint(&key.verifying_key()), key }
    }

    /// Signs under another key id than the thumbprint, for a bank that gives its clients names.
    #[must_use]
    pub fn named(self, id: String) -> Self {
        Self { id, ..self }
    }

    /// The public half, as the other end pins it.
    pub fn peer(&self) -> PeerKey {
        PeerKey { key: self.key.verifying_key(), id: self.id.clone() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.key.sign(text).to_bytes()
    }
}

impl PeerKey {
    /// A key as PEM (`BEGIN PUBLIC KEY`); none when the text is no Ed25519 key.
    pub fn from_pem(pem: &str) -> Option<Self> {
        VerifyingKey::from_public_key_pem(pem).ok().map(|key| Self { id: thumbprint(&key), key })
    }

    /// Expects another key id than the thumbprint, for a bank that names its keys.
    #[must_use]
    pub fn named(self, id: String) -> Self {
        Self { id, ..self }
    }

    /// The key id that signatures must name.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn public(&self) -> &VerifyingKey {
        &self.key
    }

    /// Strictly: keys of small order and other spellings of a signature are refused.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The thumbprint of RFC 7638 and 8037: an id that follows from the key, so that the two cannot be mismatched.
fn thumbprint(key: &VerifyingKey) -> String {
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(key.as_bytes()));
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
}

impl fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnKey({})", self.id)
    }
}

impl fmt::Debug for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_key_is_its_thumbprint() {
        // RFC 8037 appendix A.1 and A.3.
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = OwnKey::from_seed(&seed.try_into().unwrap());
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.peer().id(), key.id());
        assert_eq!(format!("{key:?}"), "OwnKey(kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k)");
    }
}
