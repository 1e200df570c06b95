//! The error of reading a typed value: says what was expected, never what was sent.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// Why a value does not fit its type.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// The rule that was broken.
    pub(crate) detail: String,
    /// A member of the place where the error arose, when it is that member that is missing.
    pub(crate) member: Option<&'static str>,
    /// True when the text came from a type of its own and may repeat the value.
    pub(crate) foreign: bool,
}

impl Wrong {
    fn rule(detail: String) -> Self {
        Self { detail, member: None, foreign: false }
    }
}

impl Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { detail: message.to_string(), member: None, foreign: true }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::rule(format!("expected {}, found {}", plain(expected), kind(&found)))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::rule(format!("expected {}", plain(expected)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::rule(format!("expected {}, found {length} items", plain(expected)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::rule(format!("expected one of: {}", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::rule(match expected {
            [] => "unknown, there is nothing to give here".to_owned(),
            some => format!("unknown, expected one of: {}", some.join(", ")),
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self { member: Some(field), ..Self::rule("missing".to_owned()) }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self { member: Some(field), ..Self::rule("given twice".to_owned()) }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Wrong {}

/// What was expected, in words of JSON instead of words of Rust.
fn plain(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => "an integer".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        "a sequence" => "a list".to_owned(),
        _ if text.starts_with("struct ") => "an object".to_owned(),
        _ if text.starts_with("enum ") => "one of the listed values".to_owned(),
        _ => text,
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a fraction or a number that is too large",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}
