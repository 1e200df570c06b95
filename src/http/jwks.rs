//! The public keys of an issuer: a JWKS file (RFC 7517), read again when a token names a key that is not known yet.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// How often the file is read again at most: a stream of made-up key ids must not become a stream of reads.
const REREAD_AFTER: Duration = Duration::from_secs(5);
/// A key set is a few kilobytes; more is a mistake.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// NIST SP 800-131A: no RSA below 2048 bits.
const RSA_BYTES_MIN: usize = 256;

/// Why a key set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// Larger than a key set is.
    #[error("is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// Not a key set.
    #[error("is no JWKS: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A symmetric key: whoever can verify could sign.
    #[error("holds a symmetric key (kty oct)")]
    Symmetric,
    /// A private key, which has no place here.
    #[error("holds a private key")]
    Private,
    /// Two keys of one id.
    #[error("holds two keys with the same kid")]
    KidTwice,
    /// Nothing in it can verify a token of this issuer.
    #[error("holds no key with a kid for the issuer's algorithms")]
    NoKey,
}

/// A key that may verify tokens, with the one algorithm it is for.
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) decoding: DecodingKey,
}

/// The keys of one issuer.
pub(crate) struct Jwks {
    path: PathBuf,
    algorithms: Vec<Algorithm>,
    held: RwLock<Held>,
    read_at: Mutex<Option<Instant>>,
}

struct Held {
    text: Vec<u8>,
    keys: Arc<HashMap<String, Arc<Key>>>,
}

impl Jwks {
    /// Reads the file.
    pub(crate) fn load(path: &Path, algorithms: &[Algorithm]) -> Result<Self, JwksError> {
        let text = read(path)?;
        let keys = Arc::new(parse(&text, algorithms)?);
        Ok(Self {
            path: path.to_owned(),
            algorithms: algorithms.to_vec(),
            held: RwLock::new(Held { text, keys }),
            read_at: Mutex::new(None),
        })
    }

    /// The key of an id among those that are held.
    pub(crate) fn key(&self, kid: &str) -> Option<Arc<Key>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).keys.get(kid).map(Arc::clone)
    }

    /// Reads the file again unless that was done a moment ago; true when it has changed. A file that cannot be used
    /// leaves the old keys in force.
    pub(crate) fn reread(&self, now: Instant) -> bool {
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if read_at.is_some_and(|last| now.saturating_duration_since(last) < REREAD_AFTER) {
            return false;
        }
        *read_at = Some(now);
        let (text, keys) = match read(&self.path).and_then(|text| parse(&text, &self.algorithms).map(|keys| (text, keys))) {
            Ok(fresh) => fresh,
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "the old keys stay in force");
                return false;
            }
        };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.text == text {
            return false;
        }
        *held = Held { text, keys: Arc::new(keys) };
        true
    }
}

fn read(path: &Path) -> Result<Vec<u8>, JwksError> {
    if std::fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(JwksError::TooLarge);
    }
    Ok(std::fs::read(path)?)
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Jwk>,
}

/// What we read of a key; everything else in it is ignored, and so are keys of other kinds.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

fn parse(text: &[u8], algorithms: &[Algorithm]) -> Result<HashMap<String, Arc<Key>>, JwksError> {
    let mut keys = HashMap::new();
    for jwk in serde_json::from_slice::<Document>(text)?.keys {
        if jwk.kty == "oct" {
            return Err(JwksError::Symmetric);
        }
        if jwk.d.is_some() {
            return Err(JwksError::Private);
        }
        let (Some(kid), Some(key)) = (jwk.kid.clone(), jwk.key()) else { continue };
        if algorithms.contains(&key.algorithm) && keys.insert(kid, Arc::new(key)).is_some() {
            return Err(JwksError::KidTwice);
        }
    }
    if keys.is_empty() { Err(JwksError::NoKey) } else { Ok(keys) }
}

impl Jwk {
    /// The key, when it is one that can verify our tokens and says nothing to the contrary.
    fn key(&self) -> Option<Key> {
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let (algorithm, decoding) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, DecodingKey::from_ed_der(&bytes(self.x.as_deref()?, 32)?)),
            ("EC", Some("P-256")) => {
                let point = [vec![4], bytes(self.x.as_deref()?, 32)?, bytes(self.y.as_deref()?, 32)?].concat();
                (Algorithm::ES256, DecodingKey::from_ec_der(&point))
            }
            ("RSA", _) => {
                let modulus = URL_SAFE_NO_PAD.decode(self.n.as_deref()?).ok()?;
                let exponent = URL_SAFE_NO_PAD.decode(self.e.as_deref()?).ok()?;
                let significant = modulus.iter().skip_while(|byte| **byte == 0).count();
                if significant < RSA_BYTES_MIN {
                    return None;
                }
                (Algorithm::RS256, DecodingKey::from_rsa_raw_components(&modulus, &exponent))
            }
            _ => return None,
        };
        let named = match algorithm {
            // RFC 9864 calls it Ed25519.
            Algorithm::EdDSA => matches!(self.alg.as_deref(), None | Some("EdDSA" | "Ed25519")),
            Algorithm::ES256 => matches!(self.alg.as_deref(), None | Some("ES256")),
            _ => matches!(self.alg.as_deref(), None | Some("RS256")),
        };
        named.then_some(Key { algorithm, decoding })
    }
}

fn bytes(text: &str, length: usize) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256];

    fn kids(keys: &str) -> Result<Vec<String>, JwksError> {
        let mut kids: Vec<_> = parse(format!("{{\"keys\":[{keys}]}}").as_bytes(), &ALL)?.into_keys().collect();
        kids.sort();
        Ok(kids)
    }

    fn ed(more: &str) -> String {
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"{more}}}"#, URL_SAFE_NO_PAD.encode([7; 32]))
    }

    #[test]
    fn keys_that_cannot_verify_our_tokens_are_passed_over() {
        let good = ed(r#","kid":"good","alg":"EdDSA","use":"sig","x5t":"ignored""#);
        for other in [
            ed(""),
            ed(r#","kid":"enc","use":"enc""#),
            ed(r#","kid":"alg","alg":"ES256""#),
            r#"{"kty":"OKP","crv":"X25519","kid":"x","x":"AA"}"#.to_owned(),
            r#"{"kty":"OKP","crv":"Ed25519","kid":"short","x":"AA"}"#.to_owned(),
            r#"{"kty":"EC","crv":"P-384","kid":"p384","x":"AA","y":"AA"}"#.to_owned(),
            r#"{"kty":"RSA","kid":"small","n":"AQAB","e":"AQAB"}"#.to_owned(),
            r#"{"kty":"AKP","kid":"later","alg":"ML-DSA-44","pub":"AA"}"#.to_owned(),
        ] {
            assert_eq!(kids(&format!("{other},{good}")).unwrap(), ["good"], "{other}");
            assert!(matches!(kids(&other), Err(JwksError::NoKey)), "{other}");
        }
    }

    #[test]
    fn a_set_with_a_secret_in_it_is_refused_whole() {
        let good = ed(r#","kid":"good""#);
        assert!(matches!(kids(&format!(r#"{good},{{"kty":"oct","kid":"s","k":"AAAA"}}"#)), Err(JwksError::Symmetric)));
        assert!(matches!(kids(&format!("{good},{}", ed(r#","kid":"p","d":"AAAA""#))), Err(JwksError::Private)));
        assert!(matches!(kids(&format!("{good},{good}")), Err(JwksError::KidTwice)));
        assert!(matches!(parse(b"{}", &ALL), Err(JwksError::Malformed(_))));
    }

    #[test]
    fn only_the_pinned_algorithms_have_keys() {
        let text = format!("{{\"keys\":[{}]}}", ed(r#","kid":"good""#));
        assert!(matches!(parse(text.as_bytes(), &[Algorithm::ES256]), Err(JwksError::NoKey)));
    }
}
