//! Pages of lists: `?limit=&cursor=`. A cursor is opaque to clients: base64url of what the list needs to go on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema};

use crate::http::problem::Problem;

const DEFAULT: u32 = 50;
const MOST: u32 = 200;
const CURSOR_BYTES_MAX: usize = 512;

/// Which page of a list. A query with parameters of its own has these two fields instead (`flatten` would lose the rule
/// that unknown parameters are refused).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// How many items.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the page before this one ended.
    pub cursor: Option<Cursor>,
}

/// How many items a page has: 1 to 200, 50 when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u32);

impl PageLimit {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// How many rows to read: one more, to see whether there is a next page.
    pub fn rows(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de> Deserialize<'de> for PageLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer)?;
        if (1..=MOST).contains(&limit) { Ok(Self(limit)) } else { Err(serde::de::Error::custom("a page has 1 to 200 items")) }
    }
}

/// Where the page before this one ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// What the list put in.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id of the last item; a fault at `/cursor` when it is of another list.
    pub fn id<T: From<uuid::Uuid>>(&self) -> Result<T, Problem> {
        uuid::Uuid::from_slice(&self.0).map(T::from).map_err(|_| Problem::fault("/cursor", "not a cursor of this list"))
    }

    /// What the list put in, as JSON; a fault at `/cursor` when it is of another list.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.0).map_err(|_| Problem::fault("/cursor", "not a cursor of this list"))
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_cursor(&String::deserialize(deserializer)?)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not a cursor of ours"))
    }
}

/// A page of a list.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Paged<T> {
    /// A page of items read with one more than asked for, which only tells that there is a next page.
    pub fn cut(mut items: Vec<T>, limit: PageLimit, cursor: impl Fn(&T) -> Vec<u8>) -> Self {
        let more = items.len() > usize::try_from(limit.get()).unwrap_or(usize::MAX);
        items.truncate(usize::try_from(limit.get()).unwrap_or(usize::MAX));
        let next_cursor = items.last().filter(|_| more).map(|last| encode_cursor(&cursor(last)));
        Self { items, next_cursor }
    }
}

/// The text of a cursor.
pub fn encode_cursor(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a cursor, unless it is none.
pub fn decode_cursor(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > CURSOR_BYTES_MAX {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl utoipa::PartialSchema for PageLimit {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(schema::Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(MOST))
            .default(Some(DEFAULT.into()))
            .into()
    }
}

impl utoipa::ToSchema for PageLimit {}

impl utoipa::PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::String).min_length(Some(1)).max_length(Some(CURSOR_BYTES_MAX)).into()
    }
}

impl utoipa::ToSchema for Cursor {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query;

    #[test]
    fn a_page_has_fifty_items_unless_it_says_otherwise() {
        assert_eq!(query::parse::<Page>("").unwrap().limit.get(), 50);
        assert_eq!(query::parse::<Page>("limit=200").unwrap().limit.get(), 200);
        for wrong in ["limit=0", "limit=201", "limit=x", "limit=", "cursor=", "cursor=a%20b", "cursor=AA%3D%3D", "offset=1"] {
            assert!(query::parse::<Page>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went_out() {
        let bytes = serde_json::to_vec(&("2026-11-21", 7)).unwrap();
        let page: Page = query::parse(&format!("cursor={}", encode_cursor(&bytes))).unwrap();
        assert_eq!(page.cursor.as_ref().map(Cursor::bytes), Some(&bytes[..]));
        assert_eq!(page.cursor.unwrap().json::<(String, u8)>().unwrap(), ("2026-11-21".into(), 7));
        assert!(Cursor(vec![1]).json::<u8>().is_err());
        assert_eq!(decode_cursor(&"A".repeat(CURSOR_BYTES_MAX + 1)), None);
    }
}
