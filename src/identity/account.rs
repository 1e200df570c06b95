//! A bank account or card number.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::mask::{mask, shown_masked};

/// A number money can be sent to: 6 to 34 letters and digits (34 is the longest of ISO 13616), kept as written.
///
/// No check digit is asked for: passbook and social-security-card accounts carry none that all banks share.
/// Shows itself masked; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(Zeroizing<String>);

/// Why a text is not an account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum AccountInvalid {
    /// Fewer than 6 or more than 34 characters.
    #[error("account number must have 6 to 34 characters")]
    Length,
    /// A character other than A to Z, a to z and 0 to 9.
    #[error("account number has a character other than letters and digits")]
    Character,
}

impl AccountInvalid {
    /// The stable word for this reason on the wire.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
        }
    }
}

impl AccountNumber {
    /// Reads an account number.
    ///
    /// # Errors
    /// The first fault in the order length, character.
    pub fn parse(raw: &str) -> Result<Self, AccountInvalid> {
        if !(6..=34).contains(&raw.chars().count()) {
            return Err(AccountInvalid::Length);
        }
        if !raw.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(AccountInvalid::Character);
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

shown_masked!(AccountNumber);

#[cfg(test)]
mod tests {
    use crate::identity::{AccountInvalid, AccountNumber};

    #[test]
    fn an_account_is_6_to_34_letters_and_digits() {
        for number in ["622202", "6222021234567890123", "GB29NWBK60161331926819"] {
            assert_eq!(AccountNumber::parse(number).expect(number).expose(), number);
        }
        assert!(AccountNumber::parse(&"9".repeat(34)).is_ok());
        assert_eq!(AccountNumber::parse("62220"), Err(AccountInvalid::Length));
        assert_eq!(AccountNumber::parse(&"9".repeat(35)), Err(AccountInvalid::Length));
        assert_eq!(AccountNumber::parse("6222 0212 3456"), Err(AccountInvalid::Character));
        assert_eq!(AccountNumber::parse("６２２２０２１２"), Err(AccountInvalid::Character));
    }

    #[test]
    fn an_account_shows_its_last_four() {
        let account = AccountNumber::parse("6222021234567890").unwrap();
        assert_eq!(format!("{account} {account:?}"), "************7890 ************7890");
    }
}
