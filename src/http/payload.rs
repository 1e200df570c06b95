//! Reads a JSON body within its limits.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use crate::code::Code;
use crate::http::limits::Limits;
use crate::http::problem::Problem;

/// 415 for anything but JSON in UTF-8, then 413 for too much, then 400 for what broke off.
pub(crate) async fn read(request: &HttpRequest, payload: Payload, limits: &Limits) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::fixed(
            Code::UnsupportedMediaType,
            "the content type must be application/json in UTF-8, not encoded",
        ));
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes) {
        return Err(too_large(limits));
    }
    let late = |_| Problem::fixed(Code::Validation, "the body did not arrive in time");
    tokio::time::timeout(limits.body_time, collect(payload, limits)).await.map_err(late)?
}

async fn collect(mut payload: Payload, limits: &Limits) -> Result<Bytes, Problem> {
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = chunk(first, limits)?;
    let Some(second) = payload.next().await else { return within(first, limits) };
    let mut body = BytesMut::from(within(first, limits)?);
    body.extend_from_slice(&chunk(second, limits)?);
    while let Some(next) = payload.next().await {
        if body.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
        body.extend_from_slice(&chunk(next, limits)?);
    }
    within(body.freeze(), limits)
}

fn chunk(chunk: Result<Bytes, PayloadError>, limits: &Limits) -> Result<Bytes, Problem> {
    chunk.map_err(|error| match error {
        PayloadError::Overflow => too_large(limits),
        _ => Problem::fixed(Code::Validation, "the body broke off"),
    })
}

fn within(body: Bytes, limits: &Limits) -> Result<Bytes, Problem> {
    if body.len() > limits.body_bytes { Err(too_large(limits)) } else { Ok(body) }
}

fn too_large(limits: &Limits) -> Problem {
    Problem::new(Code::PayloadTooLarge, format!("a body has at most {} bytes", limits.body_bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    let plain = headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(CONTENT_TYPE);
    let (Some(Ok(text)), None) = (types.next().map(|value| value.to_str()), types.next()) else { return false };
    let mut parts = text.split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    plain && json && parts.all(is_utf8_or_other)
}

/// A parameter that is no charset, or the charset UTF-8.
fn is_utf8_or_other(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_json_in_utf8_is_read() {
        let is = |kind: &str| is_json(TestRequest::default().insert_header((CONTENT_TYPE, kind)).to_http_request().headers());
        for kind in
            ["application/json", "Application/JSON", "application/json; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert!(is(kind), "{kind}");
        }
        for kind in
            ["text/json", "application/json; charset=gb18030", "application/jsonx", "application/problem+json", "", "text/plain"]
        {
            assert!(!is(kind), "{kind}");
        }
        let zipped =
            TestRequest::default().insert_header((CONTENT_TYPE, "application/json")).insert_header((CONTENT_ENCODING, "gzip"));
        assert!(!is_json(zipped.to_http_request().headers()));
        assert!(!is_json(TestRequest::default().to_http_request().headers()));
    }
}
