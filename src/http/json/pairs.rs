//! Typed values out of the pairs of a query: every value comes as text.

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_path_to_error::Segment;

use crate::http::fault::Fault;
use crate::http::json::pointer::fault_at;
use crate::http::json::read::not_of_kind;
use crate::http::json::wrong::Wrong;

/// The typed value of a query, or the first parameter that does not fit.
pub(crate) fn from_pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Fault> {
    let map = MapDeserializer::new(pairs.iter().map(|(name, value)| (name.as_str(), Parameter(value))));
    serde_path_to_error::deserialize(map).map_err(|error| {
        let path = error.path().clone();
        let value = path.iter().next().and_then(|segment| match segment {
            Segment::Map { key } => pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()),
            Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
        });
        fault_at(&path, error.into_inner(), value)
    })
}

/// The value of a parameter.
struct Parameter<'a>(&'a str);

macro_rules! parsed {
    ($($deserialize:ident $visit:ident $expected:literal),+ $(,)?) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.$visit(self.0.parse().map_err(|_| not_of_kind($expected))?)
        }
    )+};
}

impl<'de> Deserializer<'de> for Parameter<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(StrDeserializer::new(self.0))
    }

    parsed! {
        deserialize_bool visit_bool "true or false",
        deserialize_i8 visit_i8 "an integer",
        deserialize_i16 visit_i16 "an integer",
        deserialize_i32 visit_i32 "an integer",
        deserialize_i64 visit_i64 "an integer",
        deserialize_u8 visit_u8 "an integer from 0",
        deserialize_u16 visit_u16 "an integer from 0",
        deserialize_u32 visit_u32 "an integer from 0",
        deserialize_u64 visit_u64 "an integer from 0",
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Parameter<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
