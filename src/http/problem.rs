//! Refusals as problem documents (RFC 9457).
//!
//! A [`Problem`] does not know its request. As an actix error it travels in the extensions of an empty response, and the
//! middleware, which knows both, writes the body and records the denial.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::code::Code;
use crate::division::Division;
use crate::http::context::{Context, Language};
use crate::http::denial::{Denial, DenialKind};
use crate::http::fault::Fault;
use crate::http::status::{retryable, status};

const NOT_FOUND_DETAIL: &str = "there is no such thing, or it lies outside your scope";

/// The content type of a problem document.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Why a request was not done, for the client; boxed, because results carry it through every layer.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    code: Code,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    retry_after_s: Option<u32>,
    denial: Option<Denial>,
    members: Vec<(&'static str, Value)>,
    challenge: &'static str,
    allow: Option<String>,
    cause: Option<String>,
}

impl Problem {
    /// A problem with a detail: lower case, no full stop, what is wrong and by how much, no personal data.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::of(code, Cow::Owned(detail.into()))
    }

    /// Nothing is here, or nothing that the caller may know of.
    pub fn not_found() -> Self {
        Self::of(Code::NotFound, Cow::Borrowed(NOT_FOUND_DETAIL))
    }

    /// Something is here, but outside the caller's scope: answers as [`Problem::not_found`] does and carries a denial
    /// for the log of the division's city.
    pub fn outside_scope(division: Division) -> Self {
        let mut denial = Denial::new(DenialKind::Scope, Code::NotFound, "outside the scope");
        denial.city = Some(division.city());
        Self::not_found().denied(denial)
    }

    /// The second officer's signature does not hold; carries a denial.
    pub fn countersign(detail: &'static str) -> Self {
        let denial = Denial::new(DenialKind::Countersign, Code::CountersignInvalid, detail);
        Self::of(Code::CountersignInvalid, Cow::Borrowed(detail)).denied(denial)
    }

    /// 400 `VALIDATION` with one fault. The pointer is an RFC 6901 pointer into the body, or `/<name>` of a parameter.
    pub fn fault(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let fault = Fault { pointer: pointer.into(), code: Code::Validation, detail: detail.into() };
        Self::faults(Code::Validation, vec![fault])
    }

    /// A problem with several faults; its detail is that of the first one.
    pub fn faults(code: Code, faults: Vec<Fault>) -> Self {
        let detail =
            faults.first().map_or(Cow::Borrowed("the request is not well formed"), |fault| Cow::Owned(fault.detail.clone()));
        let mut problem = Self::of(code, detail);
        problem.0.faults = faults;
        problem
    }

    /// 500. The cause goes to the log with the request's event, and nowhere else.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut problem = Self::of(Code::Internal, Cow::Borrowed("the cause is in the server's log under this trace_id"));
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// Says when to try again (`Retry-After`).
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Adds a member: `decision`, `case_id`, `fund`.
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.members.push((name, value));
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What is wrong, for the reader.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with the request, place by place.
    pub fn errors(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The denial that has to be recorded, if this is one.
    pub fn denial(&self) -> Option<&Denial> {
        self.0.denial.as_ref()
    }

    /// The same once its denial is recorded.
    pub fn recorded(mut self) -> Self {
        self.0.denial = None;
        self
    }

    /// The cause of a 500, for the log only.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The status that the code is answered with.
    pub fn status(&self) -> StatusCode {
        status(self.0.code)
    }

    /// The problem document.
    pub fn body(&self, context: &Context) -> Vec<u8> {
        // Serializing strings and values into memory has no failure.
        serde_json::to_vec(&Document { parts: &self.0, context }).unwrap_or_default()
    }

    /// 401. A challenge with `error` and a denial only when a token was sent.
    pub(crate) fn unauthenticated(refused: Option<&'static str>) -> Self {
        let mut problem = Self::of(Code::Unauthenticated, Cow::Borrowed("a valid bearer token is needed"));
        problem.0.challenge = if refused.is_some() { "Bearer error=\"invalid_token\"" } else { "Bearer" };
        problem.0.denial = refused.map(|reason| Denial::new(DenialKind::Login, Code::Unauthenticated, reason));
        problem
    }

    /// 403 for the caller's roles; carries a denial.
    pub(crate) fn forbidden() -> Self {
        let detail = "none of your roles allows this";
        Self::of(Code::Forbidden, Cow::Borrowed(detail)).denied(Denial::new(DenialKind::Role, Code::Forbidden, detail))
    }

    /// 403 for a token that speaks for no hospital where one must; carries a denial.
    pub(crate) fn no_hospital() -> Self {
        let detail = "this token names no hospital, or its credit code is not valid";
        Self::of(Code::Forbidden, Cow::Borrowed(detail)).denied(Denial::new(DenialKind::Role, Code::Forbidden, detail))
    }

    /// 405 with the methods that are offered.
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::of(Code::MethodNotAllowed, Cow::Borrowed("this method is not offered here, see Allow"));
        problem.0.allow = Some(allow);
        problem
    }

    /// A problem whose detail is fixed.
    pub(crate) fn fixed(code: Code, detail: &'static str) -> Self {
        Self::of(code, Cow::Borrowed(detail))
    }

    /// Writes the headers that belong to the problem.
    pub(crate) fn write_headers(&self, headers: &mut HeaderMap) {
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        if self.0.code == Code::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(self.0.challenge));
        }
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(ALLOW, allow);
        }
    }

    fn of(code: Code, detail: Cow<'static, str>) -> Self {
        let retry_after_s = retryable(code).then_some(1);
        Self(Box::new(Parts {
            code,
            detail,
            faults: Vec::new(),
            retry_after_s,
            denial: None,
            members: Vec::new(),
            challenge: "Bearer",
            allow: None,
            cause: None,
        }))
    }

    fn denied(mut self, denial: Denial) -> Self {
        self.0.denial = Some(denial);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        self.write_headers(response.headers_mut());
        if let Some(denial) = self.denial() {
            response.extensions_mut().insert(denial.clone());
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

struct Document<'a> {
    parts: &'a Parts,
    context: &'a Context,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { parts, context } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(
            "type",
            &format!("urn:jiujinan:problem:{}", parts.code.as_str().to_ascii_lowercase().replace('_', "-")),
        )?;
        let title = match context.language {
            Language::Chinese => parts.code.chinese(),
            Language::English => parts.code.english(),
        };
        map.serialize_entry("title", title)?;
        map.serialize_entry("status", &status(parts.code).as_u16())?;
        map.serialize_entry("detail", &parts.detail)?;
        map.serialize_entry("instance", &context.instance)?;
        map.serialize_entry("code", &parts.code)?;
        map.serialize_entry("retryable", &retryable(parts.code))?;
        map.serialize_entry("trace_id", &context.trace_id)?;
        if !parts.faults.is_empty() {
            map.serialize_entry("errors", &parts.faults)?;
        }
        for (name, value) in &parts.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(language: Language) -> Context {
        Context { language, instance: "/v1/funds".into(), trace_id: "ab".repeat(16), request_id: String::new() }
    }

    fn document(problem: &Problem, language: Language) -> Value {
        serde_json::from_slice(&problem.body(&context(language))).unwrap()
    }

    #[test]
    fn a_problem_says_what_is_wrong_in_the_language_of_the_reader() {
        let problem = Problem::new(Code::FundInsufficient, "short by 5 fen").with("case_id", "c".into());
        let chinese = document(&problem, Language::Chinese);
        assert_eq!(
            chinese,
            serde_json::json!({
                "type": "urn:jiujinan:problem:fund-insufficient", "title": "备用金余额不足", "status": 409, "detail": "short by 5 fen",
                "instance": "/v1/funds", "code": "FUND_INSUFFICIENT", "retryable": false, "trace_id": "ab".repeat(16), "case_id": "c",
            })
        );
        assert_eq!(document(&problem, Language::English)["title"], "the fund has not enough left");
    }

    #[test]
    fn errors_are_listed_only_when_there_are_any() {
        let problem = Problem::fault("/payments/0/amount_fen", "1 to 1000000000000 fen are needed");
        let body = document(&problem, Language::Chinese);
        let expected = serde_json::json!([
            {"pointer": "/payments/0/amount_fen", "code": "VALIDATION", "detail": "1 to 1000000000000 fen are needed"}
        ]);
        assert_eq!(body["errors"], expected);
        assert_eq!(document(&Problem::not_found(), Language::Chinese).get("errors"), None);
    }

    #[test]
    fn what_lies_outside_the_scope_looks_like_nothing() {
        let outside = Problem::outside_scope("340303001".parse().unwrap());
        assert_eq!(outside.body(&context(Language::Chinese)), Problem::not_found().body(&context(Language::Chinese)));
        let denial = outside.denial().unwrap();
        assert_eq!((denial.kind, denial.city.map(|city| city.to_string())), (DenialKind::Scope, Some("3403".into())));
        assert!(Problem::not_found().denial().is_none());
    }

    #[test]
    fn a_500_tells_nothing_of_its_cause() {
        let problem = Problem::internal("relation \"aid_case\" does not exist");
        assert!(!String::from_utf8(problem.body(&context(Language::Chinese))).unwrap().contains("aid_case"));
        assert_eq!(problem.cause(), Some("relation \"aid_case\" does not exist"));
    }

    #[test]
    fn a_response_carries_problem_denial_and_headers() {
        let response = Problem::unauthenticated(Some("expired")).error_response();
        assert_eq!(response.headers().get(WWW_AUTHENTICATE).unwrap(), "Bearer error=\"invalid_token\"");
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/problem+json");
        assert_eq!(response.extensions().get::<Denial>().unwrap().detail, "expired");
        let silent = Problem::unauthenticated(None).error_response();
        assert_eq!(silent.headers().get(WWW_AUTHENTICATE).unwrap(), "Bearer");
        assert!(silent.extensions().get::<Denial>().is_none());
        let busy = Problem::new(Code::Overloaded, "the queue is full").retry_after(3).error_response();
        assert_eq!(busy.headers().get(RETRY_AFTER).unwrap(), "3");
    }
}
