//! A person's name.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::invisible::is_invisible;
use crate::identity::mask::{mask, shown_masked};

/// Most characters of a name; names of several given names in Latin letters reach about 50.
const LENGTH_MAX: usize = 64;
/// A name as the person's paper writes it: 1 to 64 characters, at least one of them a letter of some script.
///
/// Shows itself masked; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Zeroizing<String>);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum NameInvalid {
    /// No character at all, or more than 64.
    #[error("name must have 1 to 64 characters")]
    Length,
    /// A control character or an invisible mark of direction.
    #[error("name has a control or invisible character")]
    Character,
    /// White space before or after it.
    #[error("name begins or ends with white space")]
    OuterSpace,
    /// Digits and signs only.
    #[error("name has no letter")]
    NoLetter,
}

impl NameInvalid {
    /// The stable word for this reason on the wire.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
            Self::OuterSpace => "outer_space",
            Self::NoLetter => "no_letter",
        }
    }
}

impl PersonName {
    /// Reads a name.
    ///
    /// # Errors
    /// The first fault in the order length, character, outer space, no letter.
    pub fn parse(raw: &str) -> Result<Self, NameInvalid> {
        if !(1..=LENGTH_MAX).contains(&raw.chars().count()) {
            return Err(NameInvalid::Length);
        }
        if raw.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err(NameInvalid::Character);
        }
        if raw.trim() != raw {
            return Err(NameInvalid::OuterSpace);
        }
        if !raw.chars().any(char::is_alphabetic) {
            return Err(NameInvalid::NoLetter);
        }
        Ok(Self(Zeroizing::new(raw.to_owned())))
    }

    /// The whole name.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The name as it is compared: what keyboards, registers and hospitals write differently is written one way. No white space;
    /// full-width Latin letters and signs as plain ones, all of them capital; every raised dot between the parts of a name as `·`.
    /// Two characters that only look alike stay two.
    #[must_use]
    pub fn normalised(&self) -> Zeroizing<String> {
        let plain = |c: char| match c {
            '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' | '\u{ff65}' | '\u{ff0e}' | '\u{2024}' | '.' => '·',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        };
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() + 8));
        self.0.chars().filter(|c| !c.is_whitespace()).map(plain).for_each(|c| text.extend(c.to_uppercase()));
        text
    }

    /// For screens: the first character and at most two stars, which hide how long the name is; a name of a single
    /// character is hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown: String = self.0.chars().take(3).collect();
        mask(&shown, 1, 0)
    }
}

shown_masked!(PersonName);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::identity::{NameInvalid, PersonName};

    #[test]
    fn names_of_many_scripts_are_names() {
        for name in ["张三", "欧阳小明", "買買提·阿布都拉", "تۇرسۇن", "Anna-Marie O'Neill", "李", "𠮷田"]
        {
            assert_eq!(PersonName::parse(name).expect(name).expose(), name);
        }
        assert!(PersonName::parse(&"张".repeat(64)).is_ok());
    }

    #[test]
    fn what_is_no_name_is_refused_for_its_reason() {
        for (text, reason) in [
            ("", "length"),
            (&*"张".repeat(65), "length"),
            ("张\n三", "character"),
            ("张\u{0}三", "character"),
            ("张\u{202e}三", "character"),
            ("\u{feff}张三", "character"),
            (" 张三", "outer_space"),
            ("张三\u{3000}", "outer_space"),
            ("12345", "no_letter"),
            ("·", "no_letter"),
        ] {
            assert_eq!(PersonName::parse(text).unwrap_err().reason(), reason, "{text:?}");
        }
        assert_eq!(PersonName::parse(" "), Err(NameInvalid::OuterSpace));
    }

    #[test]
    fn ways_of_writing_one_name_compare_as_one() {
        let normal = |text: &str| PersonName::parse(text).unwrap().normalised().to_string();
        for ways in [
            ["买买提·艾力", "买买提•艾力", "买买提・艾力", "买买提．艾力", "买买提. 艾力"],
            ["Anna Marie", "ANNA MARIE", "ａｎｎａ　ｍａｒｉｅ", "AnnaMarie", "anna\u{a0}marie"],
        ] {
            assert_eq!(ways.map(normal), [normal(ways[0]), normal(ways[0]), normal(ways[0]), normal(ways[0]), normal(ways[0])]);
        }
        assert_ne!(normal("张三"), normal("张叁"));
        assert_eq!(normal("张三"), "张三");
    }

    #[test]
    fn a_name_shows_its_first_character_and_at_most_two_stars() {
        for (name, masked) in [("张三", "张*"), ("张小三", "张**"), ("欧阳小明", "欧**"), ("李", "*")] {
            let name = PersonName::parse(name).unwrap();
            assert_eq!(format!("{name} {name:?}"), format!("{masked} {masked}"));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(raw in any::<String>()) {
            let _ = PersonName::parse(&raw).map(|name| name.masked());
        }
    }
}
