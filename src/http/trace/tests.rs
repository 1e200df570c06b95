use actix_web::body::to_bytes;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data};
use actix_web::{App, Responder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::actor::{Roles, Subject};
use crate::http::testing::Issuer;
use crate::http::{
    Access, Body, Call, Change, DenialKind, Edge, Faults, Fingerprinter, Limits, NoQuery, Read, Reply, Routes, Text, no_route,
};
use crate::id::CaseId;
use crate::telemetry::Metrics;

struct Clerk;

impl Access for Clerk {
    const ROLES: Roles = Roles::of(&[Role::Clerk]);
}

struct Nobody;

impl Access for Nobody {
    const ROLES: Roles = Roles::of(&[]);
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Aid {
    requested_fen: i64,
    need: Option<Text<20>>,
}

impl Body for Aid {
    fn check(&self, faults: &mut Faults) {
        if self.requested_fen < 1 {
            faults.add("/requested_fen", "an amount must be above zero");
        }
        if self.requested_fen == 11 {
            faults.add_code("/id_no", Code::IdInvalid, "the check digit is wrong");
        }
    }
}

#[derive(Serialize)]
struct Seen {
    subject: String,
    digest: String,
    fingerprint: String,
    need_bytes: usize,
    trace_id: String,
}

async fn post(call: Call<Clerk, Aid>) -> Result<Reply, Problem> {
    Reply::json(
        201,
        &Seen {
            subject: call.actor.subject.to_string(),
            digest: hex::encode(call.key.digest),
            fingerprint: hex::encode(call.key.fingerprint),
            need_bytes: call.body.need.as_deref().map_or(0, str::len),
            trace_id: call.context.trace_id.clone(),
        },
    )
}

async fn post_case(call: Call<Clerk, Aid>) -> Result<Reply, Problem> {
    let case: CaseId = call.path_id("case")?;
    Reply::json(200, &json!({ "case": case }))
}

async fn post_nobody(call: Call<Nobody, Aid>) -> Result<Reply, Problem> {
    Reply::json(200, &call.raw.len())
}

async fn patch(change: Change<Clerk, Aid>) -> Result<Reply, Problem> {
    change.expect_version(7)?;
    Ok(Reply::json(200, &change.body.requested_fen)?.etag(8))
}

async fn get_case(read: Read<Clerk, NoQuery>) -> Result<Reply, Problem> {
    let case: CaseId = read.path_id("case")?;
    Reply::json(200, &json!({ "case": case, "scope": read.actor.scope }))
}

async fn get_foreign(_: Read<Clerk, NoQuery>) -> Result<Reply, Problem> {
    Err(Problem::outside_scope("340304".parse().map_err(Problem::internal)?))
}

async fn get_stored(_: Read<Clerk, NoQuery>) -> impl Responder {
    Reply::new(409, bytes::Bytes::from_static(b"{\"as\":\"stored\"}")).replayed().code(Code::FundInsufficient)
}

async fn panicking() -> &'static str {
    panic!("a secret of the handler")
}

async fn plain() -> HttpResponse {
    HttpResponse::ServiceUnavailable().body("plain text of a library")
}

async fn typed(_: web::Json<Value>) -> &'static str {
    "ok"
}

struct World {
    issuer: Issuer,
    metrics: Metrics,
    edge: Data<Edge>,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
    text: String,
    denial: Option<Denial>,
}

impl World {
    fn new() -> Self {
        Self::limited(None)
    }

    fn limited(rate: Option<&str>) -> Self {
        let issuer = Issuer::new();
        let mut limits = Limits::new(rate.map(|rate| rate.parse().unwrap()));
        limits.body_bytes = 1000;
        let edge = Edge { issuers: issuer.issuers(), fingerprinter: Fingerprinter::new([7; 32]), limits };
        Self { issuer, metrics: Metrics::new().unwrap(), edge: Data::new(edge) }
    }

    fn authorized(&self, request: TestRequest) -> TestRequest {
        request.insert_header(("Authorization", format!("Bearer {}", self.issuer.token(|_| ()))))
    }

    fn posting(&self, body: &str) -> TestRequest {
        let request = TestRequest::post().uri("/v1/cases").insert_header(("Content-Type", "application/json"));
        self.authorized(request).insert_header(("Idempotency-Key", "k")).set_payload(body.to_owned())
    }

    fn meters(&self) -> Meters {
        let Metrics { requests_total, request_duration_seconds, rate_limited_total, .. } = self.metrics.clone();
        Meters { requests: requests_total, duration: request_duration_seconds, rate_limited: rate_limited_total }
    }

    async fn send(&self, request: TestRequest) -> Answer {
        let routes = [("POST", "/v1/cases"), ("GET", "/v1/cases/{case}"), ("POST", "/v1/cases/{case}"), ("GET", "/plain")];
        let scope = web::scope("/v1")
            .route("/cases", web::post().to(post))
            .route("/cases/{case}", web::get().to(get_case))
            .route("/cases/{case}", web::post().to(post_case))
            .route("/nobody", web::post().to(post_nobody))
            .route("/funds", web::patch().to(patch))
            .route("/foreign", web::get().to(get_foreign))
            .route("/stored", web::get().to(get_stored));
        let app = App::new()
            .app_data(self.edge.clone())
            .app_data(Data::new(Routes::new(routes)))
            .service(scope)
            .route("/panic", web::get().to(panicking))
            .route("/plain", web::get().to(plain))
            .route("/typed", web::post().to(typed))
            .default_service(web::to(no_route))
            .wrap(Trace::new(self.meters()));
        let app = init_service(app).await;
        let (response, denial) = match app.call(request.to_request()).await {
            Ok(response) => {
                let denial = response.response().extensions().get::<Denial>().cloned();
                (response.into_parts().1.map_into_boxed_body(), denial)
            }
            Err(error) => (error.error_response(), None),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body, text: String::from_utf8_lossy(&bytes).into_owned(), denial }
    }

    async fn refused(&self, request: TestRequest) -> (u16, String) {
        let answer = self.send(request).await;
        answer.is_problem();
        (answer.status, answer.code())
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> String {
        self.body["code"].as_str().unwrap_or_default().to_owned()
    }

    fn is_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        assert_eq!(self.body["trace_id"].as_str().unwrap().len(), 32);
        assert_eq!(self.header("x-request-id").len(), 36);
    }
}

#[actix_web::test]
async fn a_good_request_passes_every_check() {
    let world = World::new();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = world.posting(r#"{"requested_fen":5,"need":"米"}"#);
    let answer = world.send(request.insert_header(("traceparent", format!("00-{trace}-00f067aa0ba902b7-01")))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.body["subject"], "https://idp.test#officer-1");
    assert_eq!(answer.body["need_bytes"], 3);
    assert_eq!(answer.body["trace_id"], trace);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-type", "application/json"),
        ("ratelimit", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let again = world.send(world.posting("{ \"need\" : \"\\u7c73\", \"requested_fen\": 5 }")).await;
    assert_eq!((&answer.body["digest"], &answer.body["fingerprint"]), (&again.body["digest"], &again.body["fingerprint"]));
    let other = world.send(world.posting(r#"{"requested_fen":6}"#)).await;
    assert_ne!(answer.body["fingerprint"], other.body["fingerprint"]);
}

#[actix_web::test]
async fn checks_come_in_the_order_of_the_interface() {
    let world = World::new();
    let long = format!("{{\"requested_fen\":5,\"x\":\"{}\"", "x".repeat(2000));
    // Everything is wrong with it; then one thing after the other is put right.
    let request = || TestRequest::post().uri("/v1/nobody").set_payload(long.clone());
    assert_eq!(world.refused(request()).await, (401, "UNAUTHENTICATED".into()));
    assert_eq!(world.refused(world.authorized(request())).await, (403, "FORBIDDEN".into()));
    let request = || world.authorized(TestRequest::post().uri("/v1/cases/no-uuid"));
    let json = |request: TestRequest| request.insert_header(("Content-Type", "application/json"));
    assert_eq!(world.refused(request().set_payload(long.clone())).await, (415, "UNSUPPORTED_MEDIA_TYPE".into()));
    assert_eq!(world.refused(json(request()).set_payload(long.clone())).await, (413, "PAYLOAD_TOO_LARGE".into()));
    assert_eq!(world.refused(json(request()).set_payload("{")).await, (400, "VALIDATION".into()));
    assert_eq!(world.refused(json(request()).set_payload(r#"{"requested_fen":11}"#)).await, (400, "ID_INVALID".into()));
    assert_eq!(world.refused(json(request()).set_payload(r#"{"requested_fen":5}"#)).await, (400, "KEY_MISSING".into()));
    let keyed = json(request()).insert_header(("Idempotency-Key", "k")).set_payload(r#"{"requested_fen":5}"#);
    assert_eq!(world.refused(keyed).await, (404, "NOT_FOUND".into()));
}

#[actix_web::test]
async fn faults_point_at_what_is_wrong_and_repeat_nothing() {
    let world = World::new();
    for (body, pointer) in [
        (r#"{"requested_fen":"340303188001010018"}"#, "/requested_fen"),
        (r#"{"requested_fen":5,"need":"340303188001010018340303188001010018"}"#, "/need"),
        (r#"{"requested_fen":5,"nead":"340303188001010018"}"#, "/nead"),
        (r#"{"requested_fen":0}"#, "/requested_fen"),
        ("{}", "/requested_fen"),
        ("", ""),
        (r#"{"requested_fen":5,"requested_fen":6}"#, ""),
    ] {
        let answer = world.send(world.posting(body)).await;
        answer.is_problem();
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}: {}", answer.text);
        assert!(!answer.text.contains("340303188001010018"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_failed_login_and_a_wrong_role_leave_a_denial() {
    let world = World::new();
    let none = world.send(TestRequest::get().uri("/v1/cases/x")).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(none.denial, None);
    let bad = world.send(TestRequest::get().uri("/v1/cases/x?q=1").insert_header(("Authorization", "Bearer junk"))).await;
    assert_eq!((bad.status, bad.header("www-authenticate")), (401, "Bearer error=\"invalid_token\""));
    let denial = bad.denial.unwrap();
    assert_eq!((denial.kind, denial.method.as_str(), denial.route.as_str()), (DenialKind::Login, "GET", "/v1/cases/{case}"));
    assert_eq!((denial.subject, denial.detail), (None, "not a JWT of a known algorithm"));
    let role = world.send(world.authorized(TestRequest::post().uri("/v1/nobody"))).await;
    let denial = role.denial.unwrap();
    assert_eq!((denial.kind, denial.subject), (DenialKind::Role, Some(Subject::from("https://idp.test#officer-1"))));
    assert_eq!((denial.city.unwrap().as_str(), denial.route.as_str()), ("3403", "/v1/nobody"));
    for scheme in ["Basic abc", "Bearer", "bearer  "] {
        let answer = world.send(TestRequest::get().uri("/v1/cases/x").insert_header(("Authorization", scheme))).await;
        assert_eq!((answer.status, answer.denial.is_some()), (401, true), "{scheme}");
    }
}

#[actix_web::test]
async fn what_lies_outside_the_scope_is_404_with_a_denial() {
    let world = World::new();
    let foreign = world.send(world.authorized(TestRequest::get().uri("/v1/foreign"))).await;
    let absent = world.send(world.authorized(TestRequest::get().uri("/v1/cases/no-uuid"))).await;
    assert_eq!((foreign.status, &foreign.body["detail"]), (404, &absent.body["detail"]));
    let denial = foreign.denial.unwrap();
    assert_eq!((denial.kind, denial.route.as_str(), denial.city.unwrap().as_str()), (DenialKind::Scope, "/v1/foreign", "3403"));
    assert_eq!(absent.denial, None);
}

#[actix_web::test]
async fn a_read_takes_ids_and_known_parameters_only() {
    let world = World::new();
    let case = CaseId::new();
    let good = world.send(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{case}")))).await;
    assert_eq!((good.status, &good.body["case"]), (200, &json!(case)));
    let odd = world.send(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{case}?a=b")))).await;
    assert_eq!((odd.status, &odd.body["errors"][0]["pointer"]), (400, &json!("/a")));
    let simple = case.uuid().simple().to_string();
    for id in ["x", &simple, "%00", "0190a5f2-1234-7abc-8def-a1391234567g"] {
        let answer = world.refused(world.authorized(TestRequest::get().uri(&format!("/v1/cases/{id}")))).await;
        assert_eq!(answer, (404, "NOT_FOUND".into()), "{id}");
    }
}

#[actix_web::test]
async fn a_change_says_which_version_it_changes() {
    let world = World::new();
    let request = || {
        let request = TestRequest::patch().uri("/v1/funds").insert_header(("Content-Type", "application/json; charset=utf-8"));
        world.authorized(request).set_payload(r#"{"requested_fen":5}"#)
    };
    assert_eq!(world.refused(request()).await, (428, "PRECONDITION_REQUIRED".into()));
    for stale in ["\"6\"", "*", "W/\"7\""] {
        assert_eq!(world.refused(request().insert_header(("If-Match", stale))).await, (412, "PRECONDITION_FAILED".into()));
    }
    let done = world.send(request().insert_header(("If-Match", "\"7\""))).await;
    assert_eq!((done.status, done.header("etag")), (200, "\"8\""));
}

#[actix_web::test]
async fn nothing_is_ever_plain_text() {
    let world = World::new();
    for (request, status, code) in [
        (TestRequest::get().uri("/nowhere/340303188001010018"), 404, "NOT_FOUND"),
        (TestRequest::get().uri("/v1/nowhere"), 404, "NOT_FOUND"),
        (TestRequest::default().method("BREW".parse().unwrap()).uri("/nowhere"), 404, "NOT_FOUND"),
        (TestRequest::delete().uri("/v1/cases/x"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::get().uri("/v1/cases"), 405, "METHOD_NOT_ALLOWED"),
        (TestRequest::get().uri("/plain"), 503, "OVERLOADED"),
        (TestRequest::post().uri("/typed").set_payload("{"), 400, "VALIDATION"),
        (
            TestRequest::post().uri("/typed").insert_header(("Content-Type", "application/json")).set_payload("{"),
            400,
            "VALIDATION",
        ),
        (TestRequest::get().uri("/panic"), 500, "INTERNAL"),
    ] {
        let answer = world.send(request).await;
        answer.is_problem();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
        assert!(!answer.text.contains("secret") && !answer.text.contains("library"), "{}", answer.text);
    }
    let known = world.send(TestRequest::delete().uri("/v1/cases/x")).await;
    assert_eq!(known.header("allow"), "GET, POST");
    let text = world.metrics.render();
    assert!(text.contains(r#"{method="other",route="unmatched",status="404"} 1"#), "{text}");
    assert!(text.contains(r#"{method="POST",route="/typed",status="400"} 2"#), "{text}");
    assert!(!text.contains("nowhere"), "{text}");
}

#[actix_web::test]
async fn a_stored_answer_goes_out_byte_for_byte() {
    let world = World::new();
    let answer = world.send(world.authorized(TestRequest::get().uri("/v1/stored"))).await;
    assert_eq!((answer.status, answer.text.as_str()), (409, "{\"as\":\"stored\"}"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("idempotent-replayed"), "true");
}

#[actix_web::test]
async fn a_caller_who_asks_too_often_waits() {
    let world = World::limited(Some("1/2"));
    let request = || world.authorized(TestRequest::get().uri("/v1/stored"));
    let first = world.send(request()).await;
    assert_eq!((first.header("ratelimit-policy"), first.header("ratelimit")), ("\"default\";q=2;w=2", "\"default\";r=1;t=1"));
    world.send(request()).await;
    let third = world.send(request()).await;
    third.is_problem();
    assert_eq!((third.status, third.code().as_str(), &third.body["retryable"]), (429, "RATE_LIMITED", &json!(true)));
    assert_eq!((third.header("retry-after"), third.header("ratelimit")), ("1", "\"default\";r=0;t=2"));
    // 429 comes before 403, and whoever has no token has a rate of their own.
    let role = world.authorized(TestRequest::post().uri("/v1/nobody"));
    assert_eq!(world.refused(role).await.0, 429);
    let stranger = || TestRequest::get().uri("/v1/stored").peer_addr("192.0.2.1:1".parse().unwrap());
    assert_eq!((world.refused(stranger()).await.0, world.refused(stranger()).await.0), (401, 401));
    assert_eq!(world.refused(stranger()).await, (429, "RATE_LIMITED".into()));
    assert!(world.metrics.render().contains("jiujinan_rate_limited_total 3"));
}

#[actix_web::test]
async fn a_middleware_around_it_finds_denial_and_context() {
    let world = World::new();
    let problem = Problem::outside_scope("340304".parse().unwrap());
    let request = TestRequest::get().uri("/v1/x?y=z").to_srv_request();
    let context = Rc::new(std::cell::RefCell::new(None));
    let kept = Rc::clone(&context);
    let inner = actix_web::dev::fn_service(move |request: ServiceRequest| {
        *kept.borrow_mut() = Some(Context::of(request.request()));
        let response = problem.clone();
        async move { Ok(request.error_response(response)) }
    });
    let traced = Traced { service: inner, meters: Rc::new(world.meters()) };
    let response = traced.call(request).await.unwrap();
    let inside = context.borrow().clone().unwrap();
    let outside = Context::of(response.request());
    assert_eq!((inside.trace_id, inside.request_id), (outside.trace_id, outside.request_id));
    assert_eq!(response.response().extensions().get::<Denial>().unwrap().method, "GET");
}
