//! Case numbers: `JJN-<street>-<yyyymmdd>-<nnnn>`, at least four digits at the end.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::division::Division;

/// The number of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    /// The street that accepted it.
    pub street: Division,
    /// The day it was accepted.
    pub day: Date,
    /// Its place among the cases of that street and day; there may be gaps.
    pub ordinal: i32,
}

impl CaseNumber {
    /// The number of a receipt of this case: the case's, and which payment of it.
    pub fn receipt(&self, payment: usize) -> String {
        format!("{self}-{payment}")
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JJN-{}-{:04}{:02}{:02}-{:04}", self.street, self.day.year(), self.day.month(), self.day.day(), self.ordinal)
    }
}

impl FromStr for CaseNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a case number reads JJN-<street>-<yyyymmdd>-<nnnn>";
        let mut parts = text.split('-');
        let (Some("JJN"), Some(street), Some(day), Some(ordinal), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong);
        };
        let street: Division = street.parse().map_err(|_| wrong)?;
        let digits = |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
        if street.as_str().len() != 9 || day.len() != 8 || !digits(day, 8) || !digits(ordinal, 4) {
            return Err(wrong);
        }
        let number =
            Self { street, day: Date::strptime("%Y%m%d", day).map_err(|_| wrong)?, ordinal: ordinal.parse().map_err(|_| wrong)? };
        if number.to_string() == text { Ok(number) } else { Err(wrong) }
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for CaseNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^JJN-[0-9]{9}-[0-9]{8}-[0-9]{4,}$"))
            .examples(["JJN-340303001-20261121-0001"])
            .into()
    }
}

impl utoipa::ToSchema for CaseNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for text in ["JJN-340303001-20261121-0001", "JJN-340303001-20261121-12345"] {
            let number: CaseNumber = text.parse().unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.receipt(2), format!("{text}-2"));
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        for text in [
            "",
            "JJN",
            "JJN-340303-20261121-0001",
            "JJN-340303001-20261131-0001",
            "JJN-340303001-20261121-1",
            "JJN-340303001-20261121-00001",
            "jjn-340303001-20261121-0001",
            "JJN-340303001-20261121-0001-1",
            "JJN-340303001-20261121-99999999999",
        ] {
            assert!(text.parse::<CaseNumber>().is_err(), "{text}");
        }
    }
}
