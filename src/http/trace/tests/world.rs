//! A small server with every kind of route, and what it answers.

use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpResponse, Responder};
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, TextEncoder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actor::{Role, Roles};
use crate::code::Code;
use crate::http::testing::Issuer;
use crate::http::{
    Access, Body, Call, Change, Denial, Edge, Faults, Fingerprinter, Gate, Limits, Meters, NoQuery, Problem, Read, Reply, Routes,
    Text, Trace, no_route,
};
use crate::id::CaseId;

pub(super) struct Clerk;

impl Access for Clerk {
    const ROLES: Roles = Roles::of(&[Role::Clerk]);
}

pub(super) struct Nobody;

impl Access for Nobody {
    const ROLES: Roles = Roles::of(&[]);
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aid {
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
pub(super) struct Seen {
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

pub(super) struct World {
    pub(super) issuer: Issuer,
    pub(super) meters: Meters,
    registry: Registry,
    edge: Data<Edge>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
    pub(super) denial: Option<Denial>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::limited(None)
    }

    pub(super) fn limited(rate: Option<&str>) -> Self {
        let issuer = Issuer::new();
        let mut limits = Limits::new(rate.map(|rate| rate.parse().unwrap()));
        limits.body_bytes = 1000;
        let gate = Gate::closed();
        gate.open();
        let edge = Edge { issuers: issuer.issuers(), fingerprinter: Fingerprinter::new([7; 32]), limits, gate };
        let meters = Meters {
            requests: IntCounterVec::new(Opts::new("requests", "requests"), &["method", "route", "status"]).unwrap(),
            duration: HistogramVec::new(HistogramOpts::new("seconds", "seconds"), &["route"]).unwrap(),
            rate_limited: IntCounter::new("rate_limited", "rate limited").unwrap(),
        };
        let registry = Registry::new();
        registry.register(Box::new(meters.requests.clone())).unwrap();
        registry.register(Box::new(meters.duration.clone())).unwrap();
        Self { issuer, meters, registry, edge: Data::new(edge) }
    }

    pub(super) fn authorized(&self, request: TestRequest) -> TestRequest {
        request.insert_header(("Authorization", format!("Bearer {}", self.issuer.token(|_| ()))))
    }

    pub(super) fn posting(&self, body: &str) -> TestRequest {
        let request = TestRequest::post().uri("/v1/cases").insert_header(("Content-Type", "application/json"));
        self.authorized(request).insert_header(("Idempotency-Key", "k")).set_payload(body.to_owned())
    }

    /// What was measured, in the text format.
    pub(super) fn measured(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap()
    }

    /// Everything that the server offers, as an app takes it.
    pub(super) fn offer(&self) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let edge = self.edge.clone();
        move |app| {
            let scope = web::scope("/v1")
                .route("/cases", web::post().to(post))
                .route("/cases/{case}", web::get().to(get_case))
                .route("/cases/{case}", web::post().to(post_case))
                .route("/nobody", web::post().to(post_nobody))
                .route("/funds", web::patch().to(patch))
                .route("/foreign", web::get().to(get_foreign))
                .route("/stored", web::get().to(get_stored));
            let routes = [("POST", "/v1/cases"), ("GET", "/v1/cases/{case}"), ("POST", "/v1/cases/{case}"), ("GET", "/plain")];
            app.app_data(edge)
                .app_data(Data::new(Routes::new(routes)))
                .service(scope)
                .route("/panic", web::get().to(panicking))
                .route("/plain", web::get().to(plain))
                .route("/typed", web::post().to(typed))
                .default_service(web::to(no_route));
        }
    }

    pub(super) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(self.offer()).wrap(Trace::new(self.meters.clone()))).await;
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

    pub(super) async fn refused(&self, request: TestRequest) -> (u16, String) {
        let answer = self.send(request).await;
        answer.is_problem();
        (answer.status, answer.code())
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn code(&self) -> String {
        self.body["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn is_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        assert_eq!(self.body["trace_id"].as_str().unwrap().len(), 32);
        assert_eq!(self.header("x-request-id").len(), 36);
    }
}
