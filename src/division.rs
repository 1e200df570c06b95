//! Administrative divisions (行政区划, GB/T 2260 and GB/T 10114) by code: 4 digits a city, 6 a county or district,
//! 9 a street or township, 12 a community. A longer code lies inside every prefix of it: scope is a prefix.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A division code of 4, 6, 9 or 12 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division {
    digits: [u8; 12],
    length: u8,
}

/// The code of a city: the first 4 digits of every division in it, and the shard that its rows live in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct City([u8; 4]);

/// Text that is no division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a division code has 4, 6, 9 or 12 digits")]
pub struct DivisionInvalid;

impl Division {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        let digits = self.digits.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// The city it lies in.
    pub fn city(&self) -> City {
        let [a, b, c, d, ..] = self.digits;
        City([a, b, c, d])
    }

    /// The county or district it lies in, when it is not itself a city.
    pub fn county(&self) -> Option<Self> {
        self.prefix(6)
    }

    /// The street or township it lies in, when it is not larger than one.
    pub fn street(&self) -> Option<Self> {
        self.prefix(9)
    }

    /// True when `other` is this division or lies inside it.
    pub fn covers(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.as_str())
    }

    fn prefix(&self, length: u8) -> Option<Self> {
        if self.length < length {
            return None;
        }
        let mut digits = [b'0'; 12];
        for (to, from) in digits.iter_mut().zip(self.digits).take(usize::from(length)) {
            *to = from;
        }
        Some(Self { digits, length })
    }
}

impl City {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The whole city as a division.
    pub fn division(&self) -> Division {
        let [a, b, c, d] = self.0;
        Division { digits: [a, b, c, d, b'0', b'0', b'0', b'0', b'0', b'0', b'0', b'0'], length: 4 }
    }
}

impl FromStr for Division {
    type Err = DivisionInvalid;

    fn from_str(text: &str) -> Result<Self, DivisionInvalid> {
        if !matches!(text.len(), 4 | 6 | 9 | 12) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DivisionInvalid);
        }
        let mut digits = [b'0'; 12];
        for (to, from) in digits.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self { digits, length: u8::try_from(text.len()).map_err(|_| DivisionInvalid)? })
    }
}

crate::stored::stored_as_text!(Division);
crate::stored::stored_as_text!(City);

impl FromStr for City {
    type Err = DivisionInvalid;

    fn from_str(text: &str) -> Result<Self, DivisionInvalid> {
        let division: Division = text.parse()?;
        if division.length == 4 { Ok(division.city()) } else { Err(DivisionInvalid) }
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for City {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for City {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Division {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Division {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Division {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{4}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?$"))
            .description(Some("administrative division: 4 digits city, 6 county, 9 street, 12 community"))
            .examples(["340303001"])
            .into()
    }
}

impl utoipa::ToSchema for Division {}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: &str) -> Division {
        code.parse().unwrap()
    }

    #[test]
    fn a_division_lies_inside_every_prefix_of_it() {
        let community = division("340303001002");
        for wider in ["3403", "340303", "340303001", "340303001002"] {
            assert!(division(wider).covers(&community), "{wider}");
        }
        for other in ["3401", "340302", "340303002", "340303001001"] {
            assert!(!division(other).covers(&community), "{other}");
        }
        assert!(!community.covers(&division("340303001")));
    }

    #[test]
    fn a_code_names_its_city_county_and_street() {
        let community = division("340303001002");
        assert_eq!(community.city().as_str(), "3403");
        assert_eq!(community.county(), Some(division("340303")));
        assert_eq!(community.street(), Some(division("340303001")));
        assert_eq!(division("340303").street(), None);
        assert_eq!(community.city().division(), division("3403"));
    }

    #[test]
    fn other_lengths_and_characters_are_no_codes() {
        for wrong in ["", "34", "34030", "3403030012", "3403x3", "３４０３", "-403", "3403 "] {
            assert_eq!(wrong.parse::<Division>(), Err(DivisionInvalid), "{wrong}");
        }
    }
}
