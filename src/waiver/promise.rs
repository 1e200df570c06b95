//! Promises: a waiver as a signed statement (JWS, EdDSA) that a hospital can check with nothing but the published keys.
//!
//! The keys lie in a directory, one `promise-<name>.pem` each (Ed25519, PKCS#8, mode 600). The greatest name signs; all are published, so
//! that a promise can be checked for as long as its key lies there. Rotation: put a greater name beside the others and start again.

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
use crate::rail::{KeyFileError, OwnKey};

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
    keys: Vec<OwnKey>,
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
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("promise-") && name.ends_with(".pem") {
                paths.push(path);
            }
        }
        paths.sort();
        let keys: Vec<OwnKey> = paths.iter().map(|path| OwnKey::open(path)).collect::<Result<_, _>>()?;
        let last = keys.last().ok_or(PromiseKeysError::Empty)?;
        let der = last.secret().to_pkcs8_der().map_err(|_| io::Error::other("a key can not be encoded"))?;
        let signing = (last.id().to_owned(), EncodingKey::from_ed_der(der.as_bytes()));
        Ok(Self { keys, signing: Some(signing) })
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
        let keys = self.keys.iter().map(|key| {
            let x = URL_SAFE_NO_PAD.encode(key.peer().public().as_bytes());
            serde_json::json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id(), "x": x})
        });
        serde_json::json!({ "keys": keys.collect::<Vec<_>>() })
    }
}
