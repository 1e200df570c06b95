//! What belongs to one request and ends up in answers: language, path, trace.

use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName};
use actix_web::{HttpMessage, HttpRequest};
use uuid::{Builder, Uuid};

use crate::http::echo::echo_path;
use crate::http::journal::Journal;
use crate::http::quality::weighted;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What belongs to one request and ends up in answers.
#[derive(Clone, Debug)]
pub struct Context {
    /// The language of titles and printed texts.
    pub language: Language,
    /// The path of the request, without its query and without what may be personal.
    pub instance: String,
    /// 32 lower-case hexadecimal digits: the caller's trace, else a new one.
    pub trace_id: String,
    /// A UUIDv7 of ours, sent back as `X-Request-Id`.
    pub request_id: String,
}

impl Context {
    /// The context that the middleware made for this request; outside of it, a new one.
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Journal>().map(|journal| Rc::clone(&journal.context));
        known.map_or_else(|| Self::read(request.headers(), request.path()), Rc::unwrap_or_clone)
    }

    /// The context of what the house does by itself.
    pub fn house() -> Self {
        let (trace, request_id) = new_ids();
        Self {
            language: Language::Chinese,
            instance: String::new(),
            trace_id: hex::encode(trace),
            request_id: request_id.to_string(),
        }
    }

    /// The context of a request with these headers.
    pub(crate) fn read(headers: &HeaderMap, path: &str) -> Self {
        let parent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok()).and_then(trace_of);
        let (trace, request_id) = new_ids();
        Self {
            language: Language::of(headers),
            instance: echo_path(path),
            trace_id: parent.map_or_else(|| hex::encode(trace), str::to_owned),
            request_id: request_id.to_string(),
        }
    }
}

/// A language that texts are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 中文, the default.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The language that `Accept-Language` prefers (RFC 9110 §12.5.4); Chinese when it names neither.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::Chinese);
        for value in headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok()) {
            for (range, weight) in weighted(value) {
                let primary = range.split('-').next().unwrap_or(range);
                let language = match primary {
                    "*" => Self::Chinese,
                    _ if primary.eq_ignore_ascii_case("zh") => Self::Chinese,
                    _ if primary.eq_ignore_ascii_case("en") => Self::English,
                    _ => continue,
                };
                if weight > best.0 {
                    best = (weight, language);
                }
            }
        }
        best.1
    }

    /// The tag of the language (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}

/// The trace of a W3C `traceparent`: `<version>-<32 hex>-<16 hex>-<2 hex>`, neither version `ff` nor a trace of zeros.
fn trace_of(parent: &str) -> Option<&str> {
    let mut parts = parent.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let well_formed = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    let more_allowed = version != "00" || parts.next().is_none();
    let named = trace.bytes().any(|byte| byte != b'0') && span.bytes().any(|byte| byte != b'0') && version != "ff";
    (well_formed && more_allowed && named).then_some(trace)
}

/// A trace and a UUIDv7 out of one call for randomness, which is a system call.
fn new_ids() -> ([u8; 16], Uuid) {
    let mut random = [[0; 16], [0; 16]];
    if getrandom::fill(random.as_flattened_mut()).is_err() {
        return (Uuid::now_v7().into_bytes(), Uuid::now_v7());
    }
    let [trace, [tail @ .., _, _, _, _, _, _]] = random;
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    (trace, Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or_default(), &tail).into_uuid())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn language(header: &str) -> Language {
        Language::of(TestRequest::default().insert_header((ACCEPT_LANGUAGE, header)).to_http_request().headers())
    }

    #[test]
    fn the_language_with_the_highest_weight_is_spoken() {
        for header in ["", "zh-CN,en;q=0.9", "fr", "*", "en;q=0", "en;q=0.3, *;q=0.8", "en;q=x", "zh, en", "*, en;q=0.9"] {
            assert_eq!(language(header), Language::Chinese, "{header}");
        }
        for header in ["en", "EN-gb", "zh;q=0.2, en;q=0.3", "fr, en;q=0.1", "en, zh", "zh;q=0.999,en;q=1.000"] {
            assert_eq!(language(header), Language::English, "{header}");
        }
        assert_eq!(Language::of(TestRequest::default().to_http_request().headers()), Language::Chinese);
    }

    #[test]
    fn a_trace_goes_on_when_its_parent_is_well_formed() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_of(&format!("00-{trace}-00f067aa0ba902b7-01")), Some(trace));
        assert_eq!(trace_of(&format!("01-{trace}-00f067aa0ba902b7-01-later")), Some(trace));
        for wrong in [
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("00-{trace}-00f067aa0ba902b7"),
            trace.to_owned(),
        ] {
            assert_eq!(trace_of(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_request_without_a_trace_begins_one() {
        let request = TestRequest::with_uri("/v1/funds?limit=3").insert_header(("traceparent", "junk")).to_http_request();
        let context = Context::of(&request);
        assert_eq!(context.instance, "/v1/funds");
        assert_eq!(context.trace_id.len(), 32);
        assert_ne!(context.trace_id, Context::of(&request).trace_id);
        let id: Uuid = context.request_id.parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert!(id.get_timestamp().unwrap().to_unix().0.abs_diff(crate::http::token::now()) < 5);
    }
}
