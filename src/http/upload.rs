//! POST of a file: taken in as it comes, never held whole, known again by its hash.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, timeout_at};

use crate::actor::Actor;
use crate::code::Code;
use crate::http::call::Extraction;
use crate::http::edge::{Access, Edge};
use crate::http::key::{RequestKey, key_of};
use crate::http::problem::Problem;
use crate::http::query;

/// How the characters of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8 (RFC 3629).
    Utf8,
    /// GB 18030-2022.
    Gb18030,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `text/csv` (RFC 4180).
    Csv(Charset),
    /// `application/x-ndjson`: one JSON object a line, in UTF-8.
    Ndjson,
    /// `application/vnd.openxmlformats-officedocument.spreadsheetml.sheet` (ECMA-376).
    Xlsx,
    /// `application/xml` (RFC 7303).
    Xml,
}

/// The query of a route that takes files: it says which.
pub trait Takes: DeserializeOwned + 'static {
    /// What is said to who sends another.
    const TYPES: &'static str;

    /// True for what it takes.
    fn takes(kind: FileKind) -> bool;
}

impl FileKind {
    /// The kind in one word, for fingerprints.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv(Charset::Utf8) => "csv/utf-8",
            Self::Csv(Charset::Gb18030) => "csv/gb18030",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
            Self::Xml => "xml",
        }
    }
}

/// A POST that changes state by a file. Must be the first argument of its handler, which reads the file to its end.
///
/// The order is 401, 429, 403, then 415, 413 and 400 of headers and query; what is wrong with the file itself is found as it comes.
pub struct Upload<A, Q> {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// The parameters.
    pub query: Q,
    /// What the file says to be.
    pub kind: FileKind,
    key: String,
    payload: Payload,
    hash: Sha256,
    bytes: usize,
    until: Instant,
    request: HttpRequest,
    access: PhantomData<A>,
}

impl<A: Access, Q: Takes> FromRequest for Upload<A, Q> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let edge = Edge::of(&request)?;
            let actor = edge.admit::<A>(&request)?;
            let kind = kind(request.headers()).filter(|kind| Q::takes(*kind));
            let kind = kind.ok_or_else(|| Problem::fixed(Code::UnsupportedMediaType, Q::TYPES))?;
            let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
            within(announced.unwrap_or_default(), edge.limits.file_bytes)?;
            let query = query::parse(request.query_string())?;
            let key = key_of(request.headers())?;
            let until = Instant::now() + edge.limits.file_time;
            let hash = Sha256::new();
            Ok(Self { actor, query, kind, key, payload, hash, bytes: 0, until, request, access: PhantomData })
        })
    }
}

impl<A, Q> Upload<A, Q> {
    /// The next piece of the file; none at its end. 413 for too much, 400 for what broke off or came too late.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let late = |_| Problem::fixed(Code::Validation, "the file did not arrive in time");
        let Some(piece) = timeout_at(self.until, self.payload.next()).await.map_err(late)? else { return Ok(None) };
        let most = Edge::of(&self.request)?.limits.file_bytes;
        let piece = piece.map_err(|error| match error {
            PayloadError::Overflow => too_large(most),
            _ => Problem::fixed(Code::Validation, "the file broke off"),
        })?;
        self.bytes = self.bytes.saturating_add(piece.len());
        within(self.bytes, most)?;
        self.hash.update(&piece);
        Ok(Some(piece))
    }

    /// The hash of what was read, and by what the request is known again. Of the whole file once [`Upload::next`] found its end.
    pub fn known_by(&self) -> Result<([u8; 32], RequestKey), Problem> {
        let sha256: [u8; 32] = self.hash.clone().finalize().into();
        let target = self.request.uri().path_and_query().map_or(self.request.path(), |target| target.as_str());
        let fingerprinter = &Edge::of(&self.request)?.fingerprinter;
        Ok((sha256, fingerprinter.file_key(&self.actor, &self.key, target, self.kind.as_str(), &sha256)))
    }
}

fn within(bytes: usize, most: usize) -> Result<(), Problem> {
    if bytes > most { Err(too_large(most)) } else { Ok(()) }
}

fn too_large(most: usize) -> Problem {
    Problem::new(Code::PayloadTooLarge, format!("a file has at most {most} bytes"))
}

fn kind(headers: &HeaderMap) -> Option<FileKind> {
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return None;
    }
    let mut types = headers.get_all(CONTENT_TYPE);
    let (Some(Ok(text)), None) = (types.next().map(|value| value.to_str()), types.next()) else { return None };
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let mut charset = Charset::Utf8;
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        if name.trim().eq_ignore_ascii_case("charset") {
            charset = match value.trim().trim_matches('"').to_ascii_lowercase().as_str() {
                "utf-8" | "utf8" => Charset::Utf8,
                "gb18030" => Charset::Gb18030,
                _ => return None,
            };
        }
    }
    match (kind.as_str(), charset) {
        ("text/csv", charset) => Some(FileKind::Csv(charset)),
        ("application/x-ndjson", Charset::Utf8) => Some(FileKind::Ndjson),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _) => Some(FileKind::Xlsx),
        ("application/xml" | "text/xml", Charset::Utf8) => Some(FileKind::Xml),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_file_says_what_it_is() {
        let is = |text: &str| kind(TestRequest::default().insert_header((CONTENT_TYPE, text)).to_http_request().headers());
        for (text, expected) in [
            ("text/csv", Some(FileKind::Csv(Charset::Utf8))),
            ("Text/CSV; header=present; charset=\"UTF-8\"", Some(FileKind::Csv(Charset::Utf8))),
            ("text/csv;charset=GB18030", Some(FileKind::Csv(Charset::Gb18030))),
            ("application/x-ndjson", Some(FileKind::Ndjson)),
            ("application/x-ndjson; charset=utf-8", Some(FileKind::Ndjson)),
            ("application/x-ndjson; charset=gb18030", None),
            ("text/csv; charset=utf-16", None),
            ("text/csv; charset=latin1", None),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Some(FileKind::Xlsx)),
            ("application/xml", Some(FileKind::Xml)),
            ("application/json", None),
            ("text/plain", None),
            ("", None),
        ] {
            assert_eq!(is(text), expected, "{text}");
        }
        let zipped = TestRequest::default().insert_header((CONTENT_TYPE, "text/csv")).insert_header((CONTENT_ENCODING, "gzip"));
        assert_eq!(kind(zipped.to_http_request().headers()), None);
        assert_eq!(kind(TestRequest::default().to_http_request().headers()), None);
    }
}
