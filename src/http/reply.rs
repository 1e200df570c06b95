//! An answer as bytes: made here or taken from the store, it looks the same.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};
use base64::Engine as _;
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::code::Code;
use crate::http::kind::Kind;
use crate::http::problem::Problem;

const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Bytes,
    /// What the body is.
    pub kind: Kind,
    /// The version for `ETag`.
    pub etag: Option<u64>,
    /// True when it was given before, for the same key.
    pub replayed: bool,
    /// Under which name a browser shall keep it: ASCII letters, digits, `.`, `-` and `_`.
    pub file_name: Option<String>,
    /// What a browser may load for a page (`Content-Security-Policy`).
    pub content_policy: Option<String>,
    /// The code of the decision, for the log.
    pub code: Option<Code>,
}

impl Reply {
    /// An answer of bytes; a problem document from status 400 on, else JSON.
    pub const fn new(status: u16, body: Bytes) -> Self {
        let kind = if status >= 400 { Kind::Problem } else { Kind::Json };
        Self { status, body, kind, etag: None, replayed: false, file_name: None, content_policy: None, code: None }
    }

    /// A JSON answer.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Result<Self, Problem> {
        Ok(Self::new(status, serde_json::to_vec(body).map_err(Problem::internal)?.into()))
    }

    /// An answer of another kind.
    pub fn of_kind(kind: Kind, body: Bytes) -> Self {
        Self { kind, ..Self::new(200, body) }
    }

    /// A page that holds this one style sheet, and may load, run, send and be framed by nothing.
    pub fn page(html: String, style: &str) -> Self {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        let policy =
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        Self { content_policy: Some(policy), ..Self::of_kind(Kind::Html, html.into()) }
    }

    /// With a version.
    pub const fn etag(mut self, version: u64) -> Self {
        self.etag = Some(version);
        self
    }

    /// With the mark that it was given before.
    pub const fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }

    /// With a name to be kept under.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// With the code of its decision, for the log.
    pub const fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::with_body(status, BoxBody::new(self.body));
        if let Some(code) = self.code {
            response.extensions_mut().insert(code);
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.kind.content_type());
        if let Some(version) = self.etag.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok()) {
            headers.insert(ETAG, version);
        }
        if let Some(policy) = self.content_policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        if self.replayed {
            headers.insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
        }
        if let Some(name) = self.file_name {
            let plain: String = name
                .chars()
                .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_'))
                .collect();
            if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
                headers.insert(CONTENT_DISPOSITION, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn header(reply: Reply, name: &str) -> Option<String> {
        let response = reply.respond_to(&TestRequest::default().to_http_request());
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_stored_answer_is_marked() {
        let reply = Reply::new(409, Bytes::from_static(b"{}"));
        assert_eq!(header(reply.clone(), "idempotent-replayed"), None);
        assert_eq!(header(reply.clone().replayed(), "Idempotent-Replayed").as_deref(), Some("true"));
        assert_eq!(header(reply, "content-type").as_deref(), Some("application/problem+json"));
    }

    #[test]
    fn a_version_is_a_strong_tag() {
        let reply = Reply::json(200, &7).unwrap().etag(7);
        assert_eq!(header(reply.clone(), "etag").as_deref(), Some("\"7\""));
        assert_eq!(header(reply, "content-type").as_deref(), Some("application/json"));
    }

    #[test]
    fn a_page_may_use_its_own_style_and_nothing_else() {
        let reply = Reply::page("<p>".into(), "p{}");
        assert_eq!(header(reply.clone(), "content-type").as_deref(), Some("text/html; charset=utf-8"));
        // printf 'p{}' | openssl dgst -sha256 -binary | base64
        let policy = header(reply, "content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let reply = Reply::of_kind(Kind::Csv, Bytes::new()).file_name("a\"; x=\r\n.csv");
        assert_eq!(header(reply, "content-disposition").as_deref(), Some("attachment; filename=\"ax.csv\""));
    }
}
