//! Typed values out of a tree.

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use crate::http::fault::Fault;
use crate::http::json::pointer::{fault_at, text_at};
use crate::http::json::tree::{Str, Tree};
use crate::http::json::wrong::Wrong;

/// The typed value of a tree, or the first place where it does not fit.
///
/// Keeping track of the place costs an allocation a member, so that is done only when something is wrong.
pub(crate) fn from_tree<T: DeserializeOwned>(tree: &Tree<'_>) -> Result<T, Fault> {
    T::deserialize(tree).or_else(|_| tracked(tree))
}

fn tracked<T: DeserializeOwned>(tree: &Tree<'_>) -> Result<T, Fault> {
    serde_path_to_error::deserialize(tree).map_err(|error| {
        let path = error.path().clone();
        fault_at(&path, error.into_inner(), text_at(tree, &path))
    })
}

impl<'de> Deserializer<'de> for &'de Tree<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Unsigned(value) => visitor.visit_u64(*value),
            Tree::Signed(value) => visitor.visit_i64(*value),
            Tree::Float(value) => visitor.visit_f64(*value),
            Tree::Text(text) => visitor.visit_borrowed_str(&text.0),
            Tree::List(items) => {
                let mut list = SeqDeserializer::new(items.iter());
                let value = visitor.visit_seq(&mut list)?;
                list.end().map(|()| value)
            }
            Tree::Map(members) => {
                let mut map = MapDeserializer::new(members.iter().map(|(name, value)| (name, value)));
                let value = visitor.visit_map(&mut map)?;
                map.end().map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Tree::Text(text) => visitor.visit_enum(StrDeserializer::new(&text.0)),
            Tree::Map(members) if members.len() == 1 => {
                let map = MapDeserializer::new(members.iter().map(|(name, value)| (name, value)));
                visitor.visit_enum(MapAccessDeserializer::new(map))
            }
            _ => Err(Wrong::unknown_variant("", variants)),
        }
    }

    /// A list is no object, though serde would read one by the order of the fields.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Tree::List(_) => Err(Wrong::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for &'de Tree<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for &'de Str<'_> {
    type Deserializer = StrDeserializer<'de, Wrong>;

    fn into_deserializer(self) -> Self::Deserializer {
        StrDeserializer::new(&self.0)
    }
}

/// The kind of a value that is text, for errors of values that came as text.
pub(crate) fn not_of_kind(expected: &'static str) -> Wrong {
    Wrong::invalid_value(Unexpected::Other("text"), &expected)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Body {
        amount: i64,
        kind: Kind,
        note: Option<String>,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        id: Option<uuid::Uuid>,
        #[serde(default)]
        deposits: BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Fire,
        Other { text: String },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Part {
        fen: u32,
    }

    fn read(text: &str) -> Result<Body, (String, String)> {
        from_tree(&Tree::parse(text.as_bytes()).unwrap()).map_err(|fault| (fault.pointer, fault.detail))
    }

    #[test]
    fn a_body_is_read_as_serde_would() {
        let text = r#"{"kind":{"other":{"text":"x\u00e9"}},"amount":-5,"note":null,"parts":[{"fen":1}],"deposits":{"a/b":3}}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str(text).unwrap());
        assert_eq!(read(r#"{"kind":"fire","amount":1}"#).unwrap().kind, Kind::Fire);
    }

    #[test]
    fn what_does_not_fit_is_pointed_at_and_never_repeated() {
        for (text, pointer, detail) in [
            (r#"{"kind":"fire"}"#, "/amount", "missing"),
            (r#"{"kind":"fire","amount":"340303"}"#, "/amount", "expected an integer, found text"),
            (r#"{"kind":"fire","amount":1.0}"#, "/amount", "expected an integer, found a fraction or a number that is too large"),
            (r#"{"kind":"张三","amount":1}"#, "/kind", "expected one of: fire, other"),
            (r#"{"kind":{"other":{}},"amount":1}"#, "/kind/other/text", "missing"),
            (r#"{"kind":"fire","amount":1,"parts":[{"fen":1},{"fen":-1}]}"#, "/parts/1/fen", "expected an integer"),
            (r#"{"kind":"fire","amount":1,"parts":[{"fen":1,"a/b~c":2}]}"#, "/parts/0/a~1b~0c", "unknown, expected one of: fen"),
            (r#"{"kind":"fire","amount":1,"parts":{}}"#, "/parts", "expected a list, found an object"),
            (r#"{"kind":"fire","amount":1,"deposits":{"a/b":300}}"#, "/deposits/a~1b", "expected an integer"),
            ("[]", "", "missing"),
            ("7", "", "expected an object, found an integer"),
        ] {
            let (at, why) = read(text).unwrap_err();
            assert_eq!(at, pointer, "{text}: {why}");
            assert!(why.starts_with(detail) || text == "[]", "{text}: {why}");
        }
    }

    #[test]
    fn a_message_of_another_crate_that_repeats_the_value_is_replaced() {
        #[derive(Debug)]
        struct Loud;
        impl<'de> Deserialize<'de> for Loud {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Err(D::Error::custom(format!("{text:?} is no date")))
            }
        }
        let fault = from_tree::<Vec<Loud>>(&Tree::parse(br#"["340303188001010018"]"#).unwrap()).unwrap_err();
        assert_eq!((fault.pointer.as_str(), fault.detail.as_str()), ("/0", "not of the expected form"));
    }
}
