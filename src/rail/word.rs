//! Short texts that go over the rail: references and reason codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const LENGTH_MAX: usize = 64;

/// A reference or a reason code: 1 to 64 visible ASCII characters.
///
/// A bank's free text could carry names and numbers of people into logs and answers; a code cannot hold much.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Word(String);

/// The text is no [`Word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 visible ASCII characters")]
pub struct WordInvalid;

impl Word {
    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Word {
    type Error = WordInvalid;

    fn try_from(text: String) -> Result<Self, WordInvalid> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=LENGTH_MAX).contains(&text.len()) { Ok(Self(text)) } else { Err(WordInvalid) }
    }
}

impl From<Uuid> for Word {
    /// 36 visible characters.
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl FromStr for Word {
    type Err = WordInvalid;

    fn from_str(text: &str) -> Result<Self, WordInvalid> {
        Self::try_from(text.to_owned())
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_short_and_visible() {
        for good in ["ACCOUNT_CLOSED", "JJN-340303001-20261124-0001-1", &"x".repeat(64)] {
            assert_eq!(good.parse::<Word>().unwrap().as_str(), good);
        }
        for wrong in ["", "two words", "line\n", "账户", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<Word>(), Err(WordInvalid), "{wrong:?}");
        }
    }
}
