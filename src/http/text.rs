//! Text that a client may send.

use std::fmt;
use std::ops::Deref;

use crate::identity::is_invisible;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema};

/// Text of 1 to `MAX` characters without control characters (C0, DEL, C1), U+FFFE, U+FFFF, and white space at its ends.
///
/// Its `Debug` is masked, because names and needs of people are such texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// Text that breaks a rule; says the rule, never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextInvalid {
    /// Empty or too long.
    #[error("text must have 1 to {0} characters")]
    Length(usize),
    /// A control character, or one that is no character.
    #[error("text must not hold control or invisible characters")]
    Control,
    /// White space at an end.
    #[error("text must not begin or end with white space")]
    Space,
}

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextInvalid;

    fn try_from(text: String) -> Result<Self, TextInvalid> {
        // No character takes more than four bytes: the cheap test spares counting what is far too long.
        if text.is_empty() || text.len() > MAX.saturating_mul(4) || text.chars().count() > MAX {
            return Err(TextInvalid::Length(MAX));
        }
        let hidden =
            |character: char| character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') || is_invisible(character);
        if text.chars().any(hidden) {
            return Err(TextInvalid::Control);
        }
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return Err(TextInvalid::Space);
        }
        Ok(Self(text))
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<const MAX: usize> utoipa::PartialSchema for Text<MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::String).min_length(Some(1)).max_length(Some(MAX)).into()
    }
}

impl<const MAX: usize> utoipa::ToSchema for Text<MAX> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Text{MAX}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Text<4>, TextInvalid> {
        Text::try_from(text.to_owned())
    }

    #[test]
    fn text_has_one_to_max_characters() {
        for text in ["a", "救急难x", "a b", "😀😀😀😀", "’"] {
            assert_eq!(&*read(text).unwrap(), text);
        }
        for text in ["", "abcde", "😀😀😀😀😀"] {
            assert_eq!(read(text).unwrap_err(), TextInvalid::Length(4), "{text}");
        }
    }

    #[test]
    fn text_holds_no_control_characters_and_no_space_at_its_ends() {
        for text in ["a\nb", "\0", "a\tb", "\u{7f}", "\u{85}", "a\u{9f}", "\u{fffe}", "\u{ffff}"] {
            assert_eq!(read(text).unwrap_err(), TextInvalid::Control, "{text:?}");
        }
        for text in [" a", "a ", "\u{3000}a", "a\u{a0}"] {
            assert_eq!(read(text).unwrap_err(), TextInvalid::Space, "{text:?}");
        }
    }

    #[test]
    fn neither_its_error_nor_its_debug_shows_it() {
        let error = serde_json::from_str::<Text<4>>("\"张三李四王\"").unwrap_err().to_string();
        assert!(error.starts_with("text must have 1 to 4 characters"), "{error}");
        assert_eq!(format!("{:?}", read("张三").unwrap()), "Text(6 bytes)");
        assert_eq!(serde_json::to_string(&read("张三").unwrap()).unwrap(), "\"张三\"");
    }
}
