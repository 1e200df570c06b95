//! Money: integer fen (1 yuan = 100 fen), 64 bits, checked. It never meets a float.

mod capital;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// An amount in fen. Totals may be as large as 64 bits hold; what a client sends is an [`Amount`].
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    postgres_types::ToSql,
    postgres_types::FromSql,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[postgres(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most a single amount may be: 10^12 fen.
    pub const MOST: Self = Self(1_000_000_000_000);

    /// So many fen.
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The bare number of fen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, unless it leaves 64 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, unless it leaves 64 bits.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// What is left after taking `other` away, never below zero.
    pub fn left_after(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// So many times as much, unless it leaves 64 bits.
    pub fn times(self, count: i64) -> Option<Self> {
        self.0.checked_mul(count).map(Self)
    }

    /// True above zero.
    pub const fn is_some(self) -> bool {
        self.0 > 0
    }

    /// The sum of many, unless it leaves 64 bits.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals, as people read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, fen) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl fmt::Debug for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fen", self.0)
    }
}

/// An amount that a client may ask for: 1 to 10^12 fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Amount(Fen);

impl Amount {
    /// The amount as money.
    pub const fn fen(self) -> Fen {
        self.0
    }
}

impl TryFrom<i64> for Amount {
    type Error = &'static str;

    fn try_from(fen: i64) -> Result<Self, Self::Error> {
        if (1..=Fen::MOST.get()).contains(&fen) { Ok(Self(Fen::new(fen))) } else { Err("1 to 1000000000000 fen are needed") }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Amount {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        bounded_integer(1, Fen::MOST.get())
    }
}

impl utoipa::ToSchema for Amount {}

/// An amount that a client may set as a limit or a target: 0 to 10^12 fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Limit(Fen);

impl Limit {
    /// The limit as money.
    pub const fn fen(self) -> Fen {
        self.0
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fen = i64::deserialize(deserializer)?;
        if (0..=Fen::MOST.get()).contains(&fen) {
            Ok(Self(Fen::new(fen)))
        } else {
            Err(serde::de::Error::custom("0 to 1000000000000 fen are needed"))
        }
    }
}

impl utoipa::PartialSchema for Limit {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        bounded_integer(0, Fen::MOST.get())
    }
}

impl utoipa::ToSchema for Limit {}

fn bounded_integer(least: i64, most: i64) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Integer)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(Some(most))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_read_as_yuan_with_two_decimals() {
        assert_eq!(Fen::new(1_959_000).to_string(), "19590.00");
        assert_eq!(Fen::new(-5).to_string(), "-0.05");
    }

    #[test]
    fn no_sum_wraps_around() {
        assert_eq!(Fen::new(i64::MAX).plus(Fen::new(1)), None);
        assert_eq!(Fen::new(i64::MIN).minus(Fen::new(1)), None);
        assert_eq!(Fen::sum([Fen::new(i64::MAX), Fen::new(1)]), None);
        assert_eq!(Fen::new(5).left_after(Fen::new(9)), Fen::ZERO);
    }

    #[test]
    fn an_amount_is_at_least_one_fen_and_at_most_ten_to_the_twelve() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).map(Amount::fen);
        assert_eq!(read("1").unwrap(), Fen::new(1));
        assert_eq!(read("1000000000000").unwrap(), Fen::MOST);
        for wrong in ["0", "-1", "1000000000001", "1.0", "1e3", "\"1\"", "9223372036854775808", "null"] {
            assert!(read(wrong).is_err(), "{wrong} passed");
        }
    }
}
