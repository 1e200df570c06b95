//! Promises: a waiver as a signed statement (JWS, EdDSA) that a hospital can check with nothing but the published keys.
//!
//! The keys lie in a directory, one `promise-<name>.pem` each (Ed25519, PKCS#8, mode 600). The greatest name signs; all are published, so
//! that a promise can be checked for as long as its key lies there. Rotation: put a greater name beside the others and start again. Of a
//! key that signs no more the public half is enough, `promise-<name>.pem.pub`: it stays until the last stay that it promised is over.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::hospital::Discounts;
use crate::id::WaiverId;
use crate::money::Fen;
use crate::rail::{KeyFileError, OwnKey, PeerKey};

/// Who promises.
pub const ISSUER: &str = "urn:jiujinan:waiver";

/// What is promised, claim by claim.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    pub iss: &'static str,
    pub sub: WaiverId,
    /// The credit code of the hospital.
    pub aud: String,
    pub iat: i64,
    /// When the longest stay is over.
    pub exp: i64,
    pub hospital: String,
    pub visit_no: String,
    pub roster_version: i64,
    pub deposit_fen: Fen,
    pub discounts: Discounts,
    /// A keyed digest: tells nothing of the patient, and the same of the same.
    pub patient: String,
}

/// The keys of a directory, or none: then nothing is promised.
#[derive(Default)]
pub struct PromiseKeys {
    /// What is published, in the order of their names.
    published: Vec<PeerKey>,
    signing: Option<(String, EncodingKey)>,
}

/// Why the keys cannot be used. Never holds anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum PromiseKeysError {
    /// The directory cannot be read or made.
    #[error("cannot use the directory of promise keys: {0}")]
    Io(#[from] io::Error),
    /// A file of it is no key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Nothing to sign with.
    #[error("no promise-*.pem is in the directory of promise keys")]
    Empty,
}

impl PromiseKeys {
    /// Opens the keys of a directory.
    pub fn open(dir: &Path) -> Result<Self, PromiseKeysError> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("promise-")) {
                paths.push(path);
            }
        }
        paths.sort();
        let (mut published, mut last) = (Vec::<PeerKey>::new(), None);
        for path in paths {
            let key = match path.extension().and_then(|end| end.to_str()) {
                Some("pem") => last.insert(OwnKey::open(&path)?).peer(),
                Some("pub") => PeerKey::open(&path)?,
                _ => continue,
            };
            // The halves of one key lie side by side.
            if published.iter().all(|known| known.id() != key.id()) {
                published.push(key);
            }
        }
        let last = last.ok_or(PromiseKeysError::Empty)?;
        let der = last.secret().to_pkcs8_der().map_err(|_| io::Error::other("a key can not be encoded"))?;
        let signing = (last.id().to_owned(), EncodingKey::from_ed_der(der.as_bytes()));
        Ok(Self { published, signing: Some(signing) })
    }

    /// Opens the keys of a directory; makes it with a first key when there is none.
    pub fn open_or_make(dir: &Path) -> Result<Self, PromiseKeysError> {
        std::fs::create_dir_all(dir)?;
        match Self::open(dir) {
            Err(PromiseKeysError::Empty) => {
                OwnKey::open_or_make(&dir.join("promise-1.pem"))?;
                Self::open(dir)
            }
            opened => opened,
        }
    }

    /// True when there is a key to sign with.
    pub fn can_sign(&self) -> bool {
        self.signing.is_some()
    }

    /// Signs a promise: a compact JWS.
    pub fn sign(&self, promise: &Promise) -> Option<String> {
        let (id, key) = self.signing.as_ref()?;
        let header = Header { typ: Some("waiver+jwt".into()), kid: Some(id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, promise, key).ok()
    }

    /// The published keys (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> serde_json::Value {
        let keys = self.published.iter().map(|key| {
            let x = URL_SAFE_NO_PAD.encode(key.public().as_bytes());
            serde_json::json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id(), "x": x})
        });
        serde_json::json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kids(keys: &PromiseKeys) -> Vec<String> {
        let jwks = keys.jwks();
        jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_greatest_name_signs_and_a_retired_key_stays_published_by_its_public_half() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(PromiseKeys::open(dir.path()), Err(PromiseKeysError::Empty)));
        let first = PromiseKeys::open_or_make(dir.path()).unwrap();
        assert_eq!(kids(&first).len(), 1, "the halves of one key are one key");
        let second = OwnKey::open_or_make(&dir.path().join("promise-2.pem")).unwrap();
        let both = PromiseKeys::open(dir.path()).unwrap();
        let wanted = [kids(&first), vec![second.id().to_owned()]].concat();
        assert_eq!((kids(&both), &both.signing.as_ref().unwrap().0), (wanted.clone(), &wanted[1]));
        std::fs::remove_file(dir.path().join("promise-1.pem")).unwrap();
        assert_eq!(kids(&PromiseKeys::open(dir.path()).unwrap()), wanted);
        std::fs::remove_file(dir.path().join("promise-2.pem")).unwrap();
        assert!(matches!(PromiseKeys::open(dir.path()), Err(PromiseKeysError::Empty)), "public halves sign nothing");
        std::fs::write(dir.path().join("promise-3.pem.pub"), "none").unwrap();
        assert!(matches!(PromiseKeys::open(dir.path()), Err(PromiseKeysError::Key(_))));
    }
}
