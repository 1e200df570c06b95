//! A telephone number.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::mask::{mask, shown_masked};

/// A telephone number as it was given: 6 to 20 of digits, `+`, `-` and space, at least six of them digits.
///
/// Shows itself masked; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(Zeroizing<String>);

/// Why a text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum PhoneInvalid {
    /// Fewer than 6 or more than 20 characters, or fewer than 6 digits.
    #[error("phone number must have 6 to 20 characters, 6 of them digits")]
    Length,
    /// A character other than a digit, `+`, `-` and space.
    #[error("phone number has a character other than digits, plus, minus and space")]
    Character,
}

impl PhoneInvalid {
    /// The stable word for this reason on the wire.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
        }
    }
}

impl Phone {
    /// Reads a telephone number.
    ///
    /// # Errors
    /// The first fault in the order length, character, count of digits.
    pub fn parse(raw: &str) -> Result<Self, PhoneInvalid> {
        if !(6..=20).contains(&raw.chars().count()) {
            return Err(PhoneInvalid::Length);
        }
        if !raw.chars().all(|c| c.is_ascii_digit() || "+- ".contains(c)) {
            return Err(PhoneInvalid::Character);
        }
        if raw.chars().filter(char::is_ascii_digit).count() < 6 {
            return Err(PhoneInvalid::Length);
        }
        Ok(Self(Zeroizing::new(raw.to_owned())))
    }

    /// The whole number.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// For screens: the last four characters are kept.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.0, 0, 4)
    }
}

shown_masked!(Phone);

#[cfg(test)]
mod tests {
    use crate::identity::{Phone, PhoneInvalid};

    #[test]
    fn a_phone_is_6_to_20_of_digits_plus_minus_and_space() {
        for number in ["110000", "13800138000", "+86 552 312-3456", "0552-3123456"] {
            assert_eq!(Phone::parse(number).expect(number).expose(), number);
        }
        assert_eq!(Phone::parse("12345"), Err(PhoneInvalid::Length));
        assert_eq!(Phone::parse(&"1".repeat(21)), Err(PhoneInvalid::Length));
        assert_eq!(Phone::parse("+- +- 1"), Err(PhoneInvalid::Length));
        assert_eq!(Phone::parse("0552x3123456"), Err(PhoneInvalid::Character));
        assert_eq!(Phone::parse("１３８００１３８０００"), Err(PhoneInvalid::Character));
    }

    #[test]
    fn a_phone_shows_its_last_four() {
        let phone = Phone::parse("13800138000").unwrap();
        assert_eq!(format!("{phone} {phone:?}"), "*******8000 *******8000");
    }
}
