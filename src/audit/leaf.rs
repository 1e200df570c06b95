//! One leaf: canonical bytes, and the hash that the log will hold (RFC 6962, section 2.1).

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::division::City;
use crate::id::LeafId;
use crate::time::rfc3339;

/// Domain tag of every leaf: no other kind of signed or hashed text begins like it.
const TAG: &str = "jiujinan/leaf";
/// Version of the leaf's schema.
const VERSION: u8 = 1;

/// An audit leaf.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The city whose log it belongs to.
    pub city: City,
    /// Its identifier.
    pub id: LeafId,
    /// The exact bytes.
    pub bytes: Vec<u8>,
}

/// What a leaf says besides its frame. Implementors declare their fields in alphabetical order.
pub trait Body: Serialize {
    /// What happened, as `thing.happened`.
    const KIND: &'static str;
}

// Fields in the order that RFC 8785 asks for, so that writing them is canonicalising them; a test holds it.
#[derive(Serialize)]
struct Frame<'a, B> {
    actor: &'a str,
    at: String,
    body: &'a B,
    city: &'a str,
    id: LeafId,
    kind: &'static str,
    tag: &'static str,
    v: u8,
}

impl Leaf {
    /// A leaf that says what an actor did at a moment.
    pub fn new<B: Body>(city: City, id: LeafId, at: Timestamp, actor: &str, body: &B) -> Self {
        let frame = Frame { actor, at: rfc3339(at), body, city: city.as_str(), id, kind: B::KIND, tag: TAG, v: VERSION };
        // Bodies are plain structs of strings and numbers: writing them to memory does not fail.
        Self { city, id, bytes: serde_json::to_vec(&frame).unwrap_or_default() }
    }

    /// The hash of the leaf in lower-case hex: SHA-256 over 0x00 and the bytes.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(&self.bytes);
        hex::encode(hash.finalize())
    }
}

/// SHA-256 in lower-case hex, for texts that a leaf commits to.
pub fn sha256_hex(text: &[u8]) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Seen {
        amount_fen: i64,
        note: &'static str,
    }

    impl Body for Seen {
        const KIND: &'static str = "test.seen";
    }

    #[test]
    fn the_bytes_of_a_leaf_are_canonical_json() {
        let at: Timestamp = "2026-11-21T14:30:00.123456Z".parse().unwrap();
        let city = "3403".parse::<crate::division::Division>().unwrap().city();
        let leaf = Leaf::new(city, LeafId::new(), at, "issuer#a\u{1}\"救", &Seen { amount_fen: 1, note: "\n/é" });
        let value: serde_json::Value = serde_json::from_slice(&leaf.bytes).unwrap();
        assert_eq!(leaf.bytes, serde_json_canonicalizer::to_vec(&value).unwrap());
        assert_eq!(leaf.hash().len(), 64);
    }
}
