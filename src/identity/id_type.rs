//! The kinds of number a person can be known by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of an identity number; decides by which rules it is read.
///
/// On the wire and in the database: `resident_id hkmt_residence passport foreign_permanent temporary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdType {
    /// Citizen's identity number (公民身份号码), GB 11643-1999.
    ResidentId,
    /// Residence permit for people of Hong Kong, Macao and Taiwan (港澳台居民居住证): GB 11643 with area 81, 82 or 83.
    HkmtResidence,
    /// A passport of any country, by the characters ICAO Doc 9303 allows in a document number.
    Passport,
    /// Foreigner's permanent residence card (外国人永久居留身份证), of the form before or since December 2023.
    ForeignPermanent,
    /// A number the hospital or window gave to somebody unknown or newborn, until the real one is known.
    Temporary,
}

impl IdType {
    /// The word for this kind on the wire, in the database and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HkmtResidence => "hkmt_residence",
            Self::Passport => "passport",
            Self::ForeignPermanent => "foreign_permanent",
            Self::Temporary => "temporary",
        }
    }
}

impl fmt::Display for IdType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::identity::IdType;

    #[test]
    fn the_wire_word_is_the_word_of_as_str() {
        for (id_type, word) in [
            (IdType::ResidentId, "resident_id"),
            (IdType::HkmtResidence, "hkmt_residence"),
            (IdType::Passport, "passport"),
            (IdType::ForeignPermanent, "foreign_permanent"),
            (IdType::Temporary, "temporary"),
        ] {
            assert_eq!(id_type.as_str(), word);
            assert_eq!(serde_json::to_value(id_type).unwrap(), word);
            assert_eq!(serde_json::from_value::<IdType>(word.into()).unwrap(), id_type);
        }
    }
}
