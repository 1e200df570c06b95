//! Unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters, the last a check character.
//!
//! The characters count 0 to 30, the weight of the i-th is 3^(i-1) mod 31, and the weighted sum with the check
//! character (weight 1) is a multiple of 31. As 31 is prime, every single wrong character is caught.

use std::fmt;

use thiserror::Error;

const LENGTH: usize = 18;
/// Digits and letters without I, O, S, V and Z, which are misread; the place of a character is its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: u32 = 31;

/// A well-formed code of a hospital or another organisation. It is public and shows itself whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode(String);

/// Why a text is not a unified social credit code. The first fault in the order of the variants is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum CreditCodeInvalid {
    /// Not 18 characters.
    #[error("unified social credit code must have 18 characters")]
    Length,
    /// A character outside the alphabet; small letters and I, O, S, V, Z are such.
    #[error("unified social credit code has a character other than 0-9, A-H, J-N, P-R, T, U, W, X and Y")]
    Character,
    /// The check character does not fit the others.
    #[error("unified social credit code has a wrong check character")]
    Checksum,
}

impl CreditCodeInvalid {
    /// The stable word for this reason on the wire.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
            Self::Checksum => "checksum",
        }
    }
}

impl CreditCode {
    /// Reads a code.
    ///
    /// # Errors
    /// The first fault in the order length, character, checksum.
    pub fn parse(raw: &str) -> Result<Self, CreditCodeInvalid> {
        if raw.chars().count() != LENGTH {
            return Err(CreditCodeInvalid::Length);
        }
        let remainder = remainder(raw).ok_or(CreditCodeInvalid::Character)?;
        if remainder != 0 {
            return Err(CreditCodeInvalid::Checksum);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CreditCode {
    type Err = CreditCodeInvalid;

    fn from_str(text: &str) -> Result<Self, CreditCodeInvalid> {
        Self::parse(text)
    }
}

crate::stored::stored_as_text!(CreditCode);

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The weighted sum of a code, check character included, mod 31; none when a character is not of the alphabet.
fn remainder(code: &str) -> Option<u32> {
    let mut sum = 0;
    let mut weight = 1;
    for c in code.chars().take(LENGTH - 1) {
        sum = (sum + value(c)? * weight) % MODULUS;
        weight = weight * 3 % MODULUS;
    }
    let check = value(code.chars().last()?)?;
    Some((sum + check) % MODULUS)
}

fn value(c: char) -> Option<u32> {
    (0..).zip(ALPHABET.chars()).find_map(|(value, of)| (of == c).then_some(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use crate::identity::credit_code::{ALPHABET, remainder};
    use crate::identity::{CreditCode, CreditCodeInvalid};

    #[derive(Deserialize)]
    struct Vectors {
        credit_code: CreditCodeVectors,
    }

    #[derive(Deserialize)]
    struct CreditCodeVectors {
        valid: Vec<String>,
        invalid: Vec<Refused>,
    }

    #[derive(Deserialize)]
    struct Refused {
        code: String,
        reason: String,
    }

    fn vectors() -> CreditCodeVectors {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/identifiers.json"));
        serde_json::from_str::<Vectors>(text).unwrap().credit_code
    }

    #[test]
    fn published_codes_are_codes() {
        let valid = vectors().valid;
        assert_eq!(valid.len(), 3);
        for code in valid {
            assert_eq!(CreditCode::parse(&code).expect(&code).to_string(), code);
        }
    }

    #[test]
    fn every_invalid_vector_is_refused_for_its_reason() {
        let invalid = vectors().invalid;
        assert_eq!(invalid.len(), 5);
        for Refused { code, reason } in invalid {
            assert_eq!(CreditCode::parse(&code).unwrap_err().reason(), reason, "{code}");
        }
    }

    #[test]
    fn small_letters_and_full_width_digits_are_refused() {
        assert_eq!(CreditCode::parse("11341729003258285d"), Err(CreditCodeInvalid::Character));
        assert_eq!(CreditCode::parse("１1341729003258285D"), Err(CreditCodeInvalid::Character));
    }

    proptest! {
        #[test]
        fn every_single_wrong_character_is_caught(first_17 in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0..18_usize) {
            let check = (31 - remainder(&format!("{first_17}0")).unwrap()) % 31;
            let good = format!("{first_17}{}", ALPHABET.chars().nth(check as usize).unwrap());
            prop_assert!(CreditCode::parse(&good).is_ok());
            for wrong in ALPHABET.chars().filter(|c| good.chars().nth(at) != Some(*c)) {
                let typed: String = good.chars().enumerate().map(|(i, c)| if i == at { wrong } else { c }).collect();
                prop_assert_eq!(CreditCode::parse(&typed), Err(CreditCodeInvalid::Checksum));
            }
        }

        #[test]
        fn no_text_makes_parsing_panic(raw in any::<String>()) {
            let _ = CreditCode::parse(&raw);
        }
    }
}
