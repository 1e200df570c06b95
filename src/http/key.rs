//! `Idempotency-Key`, and the keyed digests by which a request is known again.

use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::actor::Actor;
use crate::code::Code;
use crate::http::json::{Tree, canonical};
use crate::http::problem::Problem;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY_CHARACTERS_MAX: usize = 255;

/// By what a request is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// Of the city of the actor, its subject and the key: whose key it is.
    pub digest: [u8; 32],
    /// Of method, path and the canonical body: what the key was used for.
    pub fingerprint: [u8; 32],
}

/// Makes the digests: HMAC-SHA256 over parts that each begin with their length, so that no two lists of parts read the same.
#[derive(Clone)]
pub struct Fingerprinter(Hmac<Sha256>);

impl Fingerprinter {
    /// With a secret key, which must stay the same for as long as requests are to be known again.
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC pads a short key with zeros to the block of its hash.
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to = from);
        Self(Hmac::new(&block.into()))
    }

    /// The digests of a request.
    pub(crate) fn key(&self, actor: &Actor, key: &str, method: &str, path: &str, body: &Tree<'_>) -> RequestKey {
        let city = actor.city();
        RequestKey {
            digest: self.digest(&[b"key", city.as_str().as_bytes(), actor.subject.as_str().as_bytes(), key.as_bytes()]),
            fingerprint: self.digest(&[b"request", method.as_bytes(), path.as_bytes(), &canonical(body)]),
        }
    }

    /// The digests of a request whose body is a file, of which only the hash is kept. `target` is path and query: what a file means
    /// may depend on both, and on what kind of file it says to be.
    pub(crate) fn file_key(&self, actor: &Actor, key: &str, target: &str, kind: &str, sha256: &[u8; 32]) -> RequestKey {
        let city = actor.city();
        RequestKey {
            digest: self.digest(&[b"key", city.as_str().as_bytes(), actor.subject.as_str().as_bytes(), key.as_bytes()]),
            fingerprint: self.digest(&[b"file", target.as_bytes(), kind.as_bytes(), sha256]),
        }
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprinter")
    }
}

/// The key of the header, bare or as a quoted string (RFC 8941 §3.3.3), which is the same key.
pub(crate) fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY);
    let missing = || Problem::fixed(Code::KeyMissing, "the header Idempotency-Key is missing");
    let value = values.next().ok_or_else(missing)?;
    if values.next().is_some() {
        return Err(Problem::fixed(Code::Validation, "the header Idempotency-Key is given more than once"));
    }
    let text = std::str::from_utf8(value.as_bytes()).ok().map(str::trim);
    let key = match text {
        Some("") => return Err(missing()),
        Some(text) if text.starts_with('"') => unquote(text),
        Some(text) => Some(text.to_owned()),
        None => None,
    };
    key.filter(|key| fits(key))
        .ok_or_else(|| Problem::fixed(Code::Validation, "the header Idempotency-Key must hold 1 to 255 visible characters"))
}

fn fits(key: &str) -> bool {
    let visible = |character: char| !character.is_control() && (character == ' ' || !character.is_whitespace());
    key.trim() == key && (1..=KEY_CHARACTERS_MAX).contains(&key.chars().count()) && key.chars().all(visible)
}

fn unquote(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut key = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            '"' => return None,
            other => key.push(other),
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::http::testing::actor;

    fn key(header: &str) -> Result<String, Code> {
        let request = TestRequest::default().insert_header(("Idempotency-Key", header)).to_http_request();
        key_of(request.headers()).map_err(|problem| problem.code())
    }

    #[test]
    fn a_quoted_key_is_the_same_as_the_bare_one() {
        for (header, wanted) in [
            ("abc", "abc"),
            ("\"abc\"", "abc"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            ("急-1", "急-1"),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("a b", "a b"),
        ] {
            assert_eq!(key(header).as_deref(), Ok(wanted), "{header}");
        }
        assert_eq!(key(&"k".repeat(255)).map(|key| key.len()), Ok(255));
    }

    #[test]
    fn malformed_keys_are_refused() {
        for header in ["\"\"", "\"abc", "\"a\\b\"", "\"a\"b\"", "\"abc\";x=1", "\"", "\" a\"", "a\tb", &"k".repeat(256)] {
            assert_eq!(key(header), Err(Code::Validation), "{header}");
        }
        assert_eq!(key(""), Err(Code::KeyMissing));
        assert_eq!(key_of(TestRequest::default().to_http_request().headers()).unwrap_err().code(), Code::KeyMissing);
        let two = TestRequest::default().append_header(("Idempotency-Key", "a")).append_header(("Idempotency-Key", "a"));
        assert_eq!(key_of(two.to_http_request().headers()).unwrap_err().code(), Code::Validation);
    }

    fn known(subject: &str, key: &str, path: &str, body: &str) -> RequestKey {
        let fingerprinter = Fingerprinter::new([7; 32]);
        fingerprinter.key(&actor(subject), key, "POST", path, &Tree::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn spelling_changes_no_fingerprint_and_a_value_does() {
        let first = known("a", "k", "/v1/cases", r#"{"a":100,"b":[1,2]}"#);
        assert_eq!(first, known("a", "k", "/v1/cases", "{ \"b\": [1, 2.0],\n\"a\": 1e2 }"));
        for other in [
            known("a", "k", "/v1/cases", r#"{"a":101,"b":[1,2]}"#),
            known("a", "k", "/v1/cases", r#"{"a":100,"b":[2,1]}"#),
            known("a", "k", "/v1/funds", r#"{"a":100,"b":[1,2]}"#),
        ] {
            assert_eq!(first.digest, other.digest);
            assert_ne!(first.fingerprint, other.fingerprint);
        }
    }

    #[test]
    fn a_key_belongs_to_one_subject() {
        let body = "{}";
        assert_ne!(known("a", "k", "/", body).digest, known("b", "k", "/", body).digest);
        assert_ne!(known("a", "k", "/", body).digest, known("a", "l", "/", body).digest);
        // The length of each part is in the digest: moving a letter from one part to the next makes another key.
        assert_ne!(known("a", "bk", "/", body).digest, known("ab", "k", "/", body).digest);
    }
}
