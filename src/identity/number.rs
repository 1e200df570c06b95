//! A person's identity number, of any kind.

use jiff::civil::Date;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::mask::{mask, shown_masked};
use crate::identity::{IdType, resident};

/// A well-formed identity number.
///
/// Upper case except a temporary one, which is kept as the hospital wrote it. White space is never trimmed: a number
/// with a space around it was not read from a card. Shows itself masked; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    id_type: IdType,
    text: Zeroizing<String>,
}

/// Why a text is not a number of its kind. The first fault in the order length, character, checksum, birth date,
/// area is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum IdInvalid {
    /// Wrong count of characters (not bytes) for its kind.
    #[error("id number has a length its type does not allow")]
    Length,
    /// A character its kind does not allow at that place; full-width digits are such.
    #[error("id number has a character its type does not allow")]
    Character,
    /// The check character does not fit the others: a typing error.
    #[error("id number has a wrong check character")]
    Checksum,
    /// The eight digits of the birth date are no day of the calendar.
    #[error("id number has a birth date that is not in the calendar")]
    BirthDate,
    /// The birth date lies after today.
    #[error("id number has a birth date in the future")]
    BirthDateInFuture,
    /// The leading digits belong to another kind of number.
    #[error("id number begins with digits of another type")]
    Area,
}

impl IdInvalid {
    /// The stable word for this reason on the wire.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
            Self::Checksum => "checksum",
            Self::BirthDate => "birth_date",
            Self::BirthDateInFuture => "birth_date_in_future",
            Self::Area => "area",
        }
    }
}

impl IdNumber {
    /// Reads `raw` as a number of kind `id_type`. `today` is the local day after which nobody can be born yet.
    ///
    /// # Errors
    /// The first fault found, see [`IdInvalid`].
    pub fn parse(id_type: IdType, raw: &str, today: Date) -> Result<Self, IdInvalid> {
        let text = Zeroizing::new(match id_type {
            IdType::Temporary => raw.to_owned(),
            IdType::ResidentId | IdType::HkmtResidence | IdType::Passport | IdType::ForeignPermanent => raw.to_ascii_uppercase(),
        });
        match id_type {
            IdType::ResidentId => resident::check(&text, today)?,
            IdType::HkmtResidence => {
                resident::check(&text, today)?;
                begins_with(&text, &["81", "82", "83"])?;
            }
            IdType::Passport => passport(&text)?,
            IdType::ForeignPermanent => foreign_permanent(&text, today)?,
            IdType::Temporary => temporary(&text)?,
        }
        Ok(Self { id_type, text })
    }

    /// The kind of this number.
    #[must_use]
    pub const fn id_type(&self) -> IdType {
        self.id_type
    }

    /// The whole number, for sealing, for the blind index and for whoever must act on it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// For screens: of 18 characters or more the first three and the last two are kept, of shorter ones the first
    /// and the last, of fewer than five none.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.text.chars().count() {
            resident::LENGTH.. => mask(&self.text, 3, 2),
            5.. => mask(&self.text, 1, 1),
            _ => mask(&self.text, 0, 0),
        }
    }

    /// The birth date, where the number holds one: resident numbers, permits for Hong Kong, Macao and Taiwan, and
    /// permanent-residence cards of the new form.
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        match self.id_type {
            IdType::ResidentId | IdType::HkmtResidence => resident::birth_date(&self.text),
            IdType::ForeignPermanent if self.text.len() == resident::LENGTH => resident::birth_date(&self.text),
            IdType::ForeignPermanent | IdType::Passport | IdType::Temporary => None,
        }
    }

    /// Full years of age on `day` (周岁): one more on each birthday, 29 February counting as 1 March in other years.
    /// None when the number holds no birth date or `day` lies before it.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i16> {
        let born = self.birth_date().filter(|born| *born <= day)?;
        let birthday_ahead = (day.month(), day.day()) < (born.month(), born.day());
        Some(day.year() - born.year() - i16::from(birthday_ahead))
    }
}

shown_masked!(IdNumber);

/// 5 to 20 letters and digits.
fn passport(text: &str) -> Result<(), IdInvalid> {
    if !(5..=20).contains(&text.chars().count()) {
        return Err(IdInvalid::Length);
    }
    all(text, |c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Before December 2023: 3 letters (nationality) and 12 digits. Since then: built like a resident number, with the
/// leading digit 9 that no citizen's number has.
fn foreign_permanent(text: &str, today: Date) -> Result<(), IdInvalid> {
    if text.chars().count() != 15 {
        resident::check(text, today)?;
        return begins_with(text, &["9"]);
    }
    let (nationality, digits) = text.split_at_checked(3).ok_or(IdInvalid::Character)?;
    all(nationality, |c| c.is_ascii_uppercase())?;
    all(digits, |c| c.is_ascii_digit())
}

/// 1 to 64 letters, digits and `._/-`.
fn temporary(text: &str) -> Result<(), IdInvalid> {
    if !(1..=64).contains(&text.chars().count()) {
        return Err(IdInvalid::Length);
    }
    all(text, |c| c.is_ascii_alphanumeric() || "._/-".contains(c))
}

fn all(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), IdInvalid> {
    if text.chars().all(allowed) { Ok(()) } else { Err(IdInvalid::Character) }
}

fn begins_with(text: &str, heads: &[&str]) -> Result<(), IdInvalid> {
    if heads.iter().any(|head| text.starts_with(head)) { Ok(()) } else { Err(IdInvalid::Area) }
}

#[cfg(test)]
mod tests;
