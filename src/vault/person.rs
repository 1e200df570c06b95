//! The index of a person, and digests of what is known of one.

use std::fmt;

use crate::identity::{IdNumber, IdType, PersonName};
use crate::vault::{BlindIndex, Vault};

/// The index by which a person is found, the same whatever the document is called: residents, residents of Hong Kong, Macao and
/// Taiwan and holders of the new foreign card share one kind of number. A temporary number means something only to its street.
pub fn person_index(vault: &Vault, number: &IdNumber, street: &str) -> BlindIndex {
    match number.id_type() {
        IdType::ResidentId | IdType::HkmtResidence => vault.blind_index("gb11643", number.expose()),
        IdType::ForeignPermanent if number.expose().len() == 18 => vault.blind_index("gb11643", number.expose()),
        IdType::ForeignPermanent => vault.blind_index("foreign_permanent", number.expose()),
        IdType::Passport => vault.blind_index("passport", number.expose()),
        IdType::Temporary => vault.blind_index("temporary", &format!("{street}/{}", number.expose())),
    }
}

/// A keyed digest of a person's name: 8 bytes. The person is part of it, so that people of one name are not seen to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameDigest([u8; 8]);

impl NameDigest {
    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// A digest read back from where it was kept.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// As a number, as it is stored.
    pub const fn number(self) -> i64 {
        i64::from_be_bytes(self.0)
    }
}

/// The digest of a person's name, the same for every way of writing it that [`PersonName::normalised`] brings together.
pub fn name_digest(vault: &Vault, person: &BlindIndex, name: &PersonName) -> NameDigest {
    let index = vault.blind_index("person_name", &format!("{person:?}/{}", *name.normalised()));
    let mut digest = [0; 8];
    digest.iter_mut().zip(index.as_bytes()).for_each(|(to, from)| *to = *from);
    NameDigest(digest)
}

impl<'a> postgres_types::FromSql<'a> for NameDigest {
    fn from_sql(kind: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(i64::from_sql(kind, raw)?.to_be_bytes()))
    }

    fn accepts(kind: &postgres_types::Type) -> bool {
        <i64 as postgres_types::FromSql>::accepts(kind)
    }
}

impl fmt::Debug for NameDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_of_two_people_has_two_digests() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::create(&dir.path().join("vault")).unwrap();
        let (one, other) = (vault.blind_index("gb11643", "1"), vault.blind_index("gb11643", "2"));
        let name = |text: &str| PersonName::parse(text).unwrap();
        let digest = |person, text| name_digest(&vault, person, &name(text));
        assert_eq!(digest(&one, "买买提·艾力"), digest(&one, "买买提・艾力"));
        assert_ne!(digest(&one, "张三"), digest(&one, "张四"));
        assert_ne!(digest(&one, "张三"), digest(&other, "张三"));
        assert_eq!(NameDigest::from_bytes(digest(&one, "张三").number().to_be_bytes()), digest(&one, "张三"));
    }
}
