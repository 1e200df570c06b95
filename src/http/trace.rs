//! The one middleware, outermost but for who records denials.
//!
//! ```text
//! request ──► context ──► routing, extractors, handler ──► problem rendered, denial completed
//!                                                          headers, one log event, metrics ──► response
//! ```
//! A middleware wrapped around this one finds the completed [`Denial`] in the extensions of the response.

use std::future::{Future, Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt as _;
use prometheus::{HistogramVec, IntCounter, IntCounterVec};

use crate::actor::{Actor, Role};
use crate::code::Code;
use crate::http::context::Context;
use crate::http::denial::Denial;
use crate::http::journal::Journal;
use crate::http::path::pattern;
use crate::http::problem::Problem;
use crate::http::routes;
use crate::http::status::code_of;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const UNMATCHED: &str = "unmatched";

/// What is measured of every request.
#[derive(Clone)]
pub struct Meters {
    /// By `method`, `route`, `status`.
    pub requests: IntCounterVec,
    /// Seconds, by `route`.
    pub duration: HistogramVec,
    /// Answers with 429.
    pub rate_limited: IntCounter,
}

/// The middleware.
#[derive(Clone)]
pub struct Trace(Rc<Meters>);

impl Trace {
    /// Counts into these meters.
    pub fn new(meters: Meters) -> Self {
        Self(Rc::new(meters))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Trace
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Traced<S>;
    type InitError = ();
    type Future = Ready<Result<Traced<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Traced { service, meters: Rc::clone(&self.0) }))
    }
}

/// A service inside the middleware.
pub struct Traced<S> {
    service: S,
    meters: Rc<Meters>,
}

impl<S, B> Service<ServiceRequest> for Traced<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let context = Rc::new(Context::read(request.headers(), request.path()));
        request.extensions_mut().insert(Journal::new(Rc::clone(&context)));
        let method = known(request.method().as_str());
        let meters = Rc::clone(&self.meters);
        let called = catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        Box::pin(async move {
            let answered = match called {
                Ok(future) => AssertUnwindSafe(future).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            let ended = Ended { method, started, context, meters };
            match answered {
                Ok(Ok(response)) => Ok(ended.answer(response)),
                Ok(Err(error)) => Err(ended.fail(error.as_response_error().status_code(), &error.to_string())),
                Err(_) => Err(ended.fail(StatusCode::INTERNAL_SERVER_ERROR, "the handler panicked")),
            }
        })
    }
}

/// A request that has its answer.
struct Ended {
    method: &'static str,
    started: Instant,
    context: Rc<Context>,
    meters: Rc<Meters>,
}

impl Ended {
    fn answer<B: MessageBody>(self, mut response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
        let route = pattern(response.request());
        let problem = problem_of(&mut response);
        let mut body = None;
        if let Some(problem) = &problem {
            *response.response_mut().status_mut() = problem.status();
            problem.write_headers(response.headers_mut());
            body = Some(problem.body(&self.context));
        }
        let request = response.request().clone();
        let extensions = request.extensions();
        let journal = extensions.get::<Journal>();
        let caller = journal.and_then(|journal| journal.caller.as_deref());
        let denial = response.response_mut().extensions_mut().remove::<Denial>();
        if let Some(denial) = denial {
            response.response_mut().extensions_mut().insert(denial.of(self.method, &route, caller));
        }
        if let Some(allowance) = journal.and_then(|journal| journal.allowance) {
            allowance.write_headers(response.headers_mut());
        }
        self.write_headers(response.headers_mut());
        let code = problem.as_ref().map(Problem::code).or_else(|| response.response().extensions().get::<Code>().copied());
        self.record(&Line {
            route: &route,
            status: response.status(),
            code,
            caller,
            cause: problem.as_ref().and_then(Problem::cause),
        });
        match body {
            Some(bytes) => response.map_body(|_, _| EitherBody::right(BoxBody::new(bytes))),
            None => response.map_into_left_body(),
        }
    }

    /// An answer without a request to hang it on: a panic, or a middleware further in that failed.
    fn fail(self, status: StatusCode, cause: &str) -> Error {
        let code = code_of(status);
        let problem = if code == Code::Internal { Problem::internal(cause) } else { stand_in(code) };
        let mut response = HttpResponse::new(problem.status());
        problem.write_headers(response.headers_mut());
        self.write_headers(response.headers_mut());
        let line = Line { route: UNMATCHED, status: problem.status(), code: Some(code), caller: None, cause: problem.cause() };
        self.record(&line);
        InternalError::from_response("answered", response.set_body(BoxBody::new(problem.body(&self.context)))).into()
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if self.context.instance.starts_with("/v1/") && !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Ok(id) = HeaderValue::from_str(&self.context.request_id) {
            headers.insert(X_REQUEST_ID, id);
        }
    }

    fn record(&self, line: &Line<'_>) {
        let elapsed = self.started.elapsed();
        let status = line.status;
        self.meters.requests.with_label_values(&[self.method, line.route, status.as_str()]).inc();
        self.meters.duration.with_label_values(&[line.route]).observe(elapsed.as_secs_f64());
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.meters.rate_limited.inc();
        }
        line.log(self.method, elapsed, &self.context);
    }
}

/// What the log says of a request: no subject, no path of an unknown route, no query.
struct Line<'a> {
    route: &'a str,
    status: StatusCode,
    code: Option<Code>,
    caller: Option<&'a Actor>,
    cause: Option<&'a str>,
}

impl Line<'_> {
    fn log(&self, method: &str, elapsed: Duration, context: &Context) {
        let status = self.status.as_u16();
        let (route, code, role) = (self.route, self.code.map(Code::as_str), self.caller.and_then(role));
        let duration_ms = elapsed.div_duration_f64(Duration::from_millis(1));
        let (trace_id, request_id) = (context.trace_id.as_str(), context.request_id.as_str());
        match self.cause {
            Some(cause) => {
                tracing::error!(method, route, status, code, duration_ms, trace_id, request_id, role, cause, "answered")
            }
            // Balancers ask every second.
            None if matches!(route, "/healthz" | "/readyz") && status < 400 => {
                tracing::debug!(method, route, status, code, duration_ms, trace_id, request_id, role, "answered");
            }
            None => tracing::info!(method, route, status, code, duration_ms, trace_id, request_id, role, "answered"),
        }
    }
}

/// The first role of a caller, which is what it is known as.
fn role(caller: &Actor) -> Option<&'static str> {
    Role::ALL.into_iter().find(|role| caller.roles.has(*role)).map(Role::as_str)
}

/// The problem of a response: that of an error of ours, or one that stands for a bare refusal of the framework.
fn problem_of<B>(response: &mut ServiceResponse<B>) -> Option<Problem> {
    let problem = response.response_mut().extensions_mut().remove::<Problem>();
    if problem.is_some() || response.status().as_u16() < 400 || !is_bare(response.headers()) {
        return problem;
    }
    Some(match code_of(response.status()) {
        Code::MethodNotAllowed if response.headers().contains_key(ALLOW) => stand_in(Code::MethodNotAllowed),
        Code::MethodNotAllowed | Code::NotFound => bare_refusal(response.request(), response.status()),
        Code::Internal => Problem::internal("the framework answered 500"),
        code => stand_in(code),
    })
}

fn bare_refusal(request: &HttpRequest, status: StatusCode) -> Problem {
    match routes::refuse(request) {
        problem if problem.status() == status => problem,
        _ => stand_in(code_of(status)),
    }
}

/// True for a body that is no document: none, or plain text.
fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn stand_in(code: Code) -> Problem {
    Problem::fixed(code, code.english())
}

/// The method as a label: anybody may invent methods, and each label is kept for ever.
fn known(method: &str) -> &'static str {
    ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"].into_iter().find(|known| *known == method).unwrap_or("other")
}

#[cfg(test)]
mod tests;
