//! Keyed digests: finding what is sealed without opening it, and recognising a request without keeping it.

use std::fmt;

use aes_gcm::aead::consts::U16;
use hmac::Mac;

use crate::vault::Vault;

/// A keyed digest by which a sealed value is found: HMAC-SHA256 cut to 16 bytes.
///
/// Equal for equal values of one domain, and without the key no help in guessing them. At 128 bits, a billion values
/// give an accidental match with probability below 10^-20.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlindIndex([u8; 16]);

impl BlindIndex {
    /// The 16 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// An index read back from where it was stored; none unless it has 16 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Stored as a uuid: 16 bytes, compared faster than any other column of that size.
impl postgres_types::ToSql for BlindIndex {
    fn to_sql(
        &self,
        kind: &postgres_types::Type,
        out: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        uuid::Uuid::from_bytes(self.0).to_sql(kind, out)
    }

    fn accepts(kind: &postgres_types::Type) -> bool {
        <uuid::Uuid as postgres_types::ToSql>::accepts(kind)
    }

    postgres_types::to_sql_checked!();
}

impl<'a> postgres_types::FromSql<'a> for BlindIndex {
    fn from_sql(kind: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(*<uuid::Uuid as postgres_types::FromSql>::from_sql(kind, raw)?.as_bytes()))
    }

    fn accepts(kind: &postgres_types::Type) -> bool {
        <uuid::Uuid as postgres_types::FromSql>::accepts(kind)
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Vault {
    /// The index of `value` among the values of `domain` (such as `resident_id`): HMAC-SHA256 under `index.key` of
    /// domain, a zero byte and value, the first 16 bytes. A domain is a word of ours and holds no zero byte.
    #[must_use]
    pub fn blind_index(&self, domain: &str, value: &str) -> BlindIndex {
        let mut mac = self.index.clone();
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let (head, _) = mac.finalize().into_bytes().split::<U16>();
        BlindIndex(head.into())
    }

    /// A keyed digest of a list of parts: HMAC-SHA256 under `fingerprint.key` of each part after its length in bytes
    /// (64 bits, big-endian), so that nothing moves from one part into the next unseen.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.fingerprint.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use proptest::prelude::*;

    use crate::vault::{BlindIndex, Vault};

    /// Keys of 32 times 1, 2 and 3.
    fn known_vault() -> Vault {
        let dir = tempfile::tempdir().unwrap();
        for (name, key) in [("kek-0001.key", "01"), ("index.key", "02"), ("fingerprint.key", "03")] {
            let path = dir.path().join(name);
            fs::write(&path, key.repeat(32)).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        }
        Vault::open(dir.path()).unwrap()
    }

    // Both answers were computed with Python's hmac.
    #[test]
    fn an_index_is_the_head_of_an_hmac_of_domain_and_value() {
        let index = known_vault().blind_index("resident_id", "11010519491231002X");
        assert_eq!(format!("{index:?}"), "2dfcc0e7eda0840a2b1bfdca9952ca14");
        assert_eq!(BlindIndex::from_slice(index.as_bytes()), Some(index));
        assert_eq!(BlindIndex::from_slice(&[0; 15]), None);
        assert_eq!(BlindIndex::from_slice(&[0; 17]), None);
    }

    #[test]
    fn a_fingerprint_is_an_hmac_of_parts_after_their_lengths() {
        let fingerprint = known_vault().fingerprint(&[b"POST", b"", b"/v1/cases"]);
        assert_eq!(hex::encode(fingerprint), "231f18d4943425755fe4f939529319ac8a690e138c6caf5b535137297ca9b475");
    }

    #[test]
    fn equal_values_of_different_domains_have_different_indexes() {
        let vault = known_vault();
        assert_eq!(vault.blind_index("passport", "E12345678"), vault.blind_index("passport", "E12345678"));
        assert_ne!(vault.blind_index("passport", "E12345678"), vault.blind_index("temporary", "E12345678"));
        assert_ne!(vault.blind_index("ab", "c"), vault.blind_index("a", "bc"));
    }

    proptest! {
        #[test]
        fn different_lists_of_parts_have_different_fingerprints(
            a in prop::collection::vec("[ab]{0,3}", 0..4),
            b in prop::collection::vec("[ab]{0,3}", 0..4),
        ) {
            let vault = known_vault();
            let print = |parts: &[String]| vault.fingerprint(&parts.iter().map(String::as_bytes).collect::<Vec<_>>());
            prop_assert_eq!(print(&a) == print(&b), a == b);
        }
    }
}
