//! Fields of a PATCH (RFC 7396): absent is "leave it", null is "take it away".

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{OneOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A field of a PATCH body; use it with `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not named: stays as it is.
    #[default]
    Absent,
    /// Named as null: is taken away.
    Null,
    /// Named with a value: becomes that.
    Value(T),
}

impl<T> Patch<T> {
    /// True when the field is not named.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What the field becomes when it is `now` at present.
    pub fn over(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Absent => now,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// The trait by which utoipa's derive reads generic types; hidden, but `Option` has no other either.
impl<T: PartialSchema> utoipa::__dev::ComposeSchema for Patch<T> {
    fn compose(generics: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let value = generics.into_iter().next().unwrap_or_else(T::schema);
        OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Null)).item(value).into()
    }
}

impl<T: ToSchema> ToSchema for Patch<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Nullable{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the schema of some fields is asked for")]
    struct Change {
        #[serde(default)]
        name: Patch<crate::http::Text<40>>,
        #[serde(default)]
        cap_fen: Patch<i64>,
        #[serde(default)]
        division: Patch<crate::division::Division>,
        note: Option<crate::http::Text<200>>,
        #[serde(default)]
        tags: Vec<crate::http::Text<7>>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let read = |text: &str| serde_json::from_str::<Change>(text).map(|change| change.cap_fen);
        assert_eq!(read("{}").unwrap(), Patch::Absent);
        assert_eq!(read(r#"{"cap_fen":null}"#).unwrap(), Patch::Null);
        assert_eq!(read(r#"{"cap_fen":5}"#).unwrap(), Patch::Value(5));
        assert!(read(r#"{"cap_fen":"5"}"#).is_err());
        assert!(serde_json::from_str::<Change>("{}").unwrap().name.is_absent());
    }

    #[test]
    fn a_patch_is_laid_over_what_is_there() {
        assert_eq!(Patch::Absent.over(Some(1)), Some(1));
        assert_eq!(Patch::Null.over(Some(1)), None);
        assert_eq!(Patch::Value(2).over(Some(1)), Some(2));
        assert_eq!(Patch::Value(2).over(None), Some(2));
    }

    #[test]
    fn the_schema_says_nullable_and_not_required() {
        let schema = serde_json::to_value(Change::schema()).unwrap();
        assert_eq!(schema.get("required"), None, "{schema}");
        let mut named = Vec::new();
        Change::schemas(&mut named);
        assert!(schema.to_string().contains("Text200"), "{schema}");
        assert!(named.iter().any(|(name, _)| name == "Text7"), "{:?}", named.iter().map(|(name, _)| name).collect::<Vec<_>>());
        let patch = serde_json::to_value(Patch::<i64>::schema()).unwrap();
        assert_eq!(patch["oneOf"][0]["type"], "null");
        assert_eq!(patch["oneOf"][1]["type"], "integer");
    }
}
