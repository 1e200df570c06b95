//! The interface as an OpenAPI 3.1 document, generated from the handlers.
//!
//! What every route shares (token, key, problem documents) is added here once, not at each handler.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::SwaggerUi;

use crate::code::Code;
use crate::http::Fault;
use crate::server::routes::routes;

/// A problem document (RFC 9457).
#[derive(ToSchema)]
#[allow(dead_code, reason = "a shape for the document; the bytes are written by http::problem")]
struct Problem {
    /// `urn:jiujinan:problem:<kebab-code>`
    r#type: String,
    /// What the code means, in the caller's language.
    title: String,
    /// HTTP status.
    status: u16,
    /// What is wrong, and by how much.
    detail: String,
    /// The path asked for.
    instance: String,
    /// Stable code.
    code: Code,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// Trace of the request.
    trace_id: String,
    /// What is wrong with the request, by JSON pointer.
    errors: Option<Vec<Fault>>,
    /// The case that records a refusal.
    case_id: Option<uuid::Uuid>,
    /// Its number.
    case_number: Option<String>,
    /// The decision of a refusal, with `options`.
    #[schema(value_type = Option<Object>)]
    decision: Option<()>,
    /// The fund of a refusal.
    #[schema(value_type = Option<Object>)]
    fund: Option<()>,
    /// What `POST /v1/waivers/check` would have answered, where a promise is refused.
    #[schema(value_type = Option<Object>)]
    check: Option<()>,
    /// With `STAY_OPEN`: the promise that is open, where it was made to the caller's hospital.
    waiver_id: Option<uuid::Uuid>,
    /// The settlement that a refusal is about.
    settlement_id: Option<uuid::Uuid>,
}

/// The document.
pub fn document() -> OpenApi {
    let (_, mut document) =
        utoipa_actix_web::AppExt::into_utoipa_app(actix_web::App::new()).openapi(base()).configure(routes).split_for_parts();
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".into(), Problem::schema());
    components.schemas.insert("Fault".into(), Fault::schema());
    components.schemas.insert("Code".into(), Code::schema());
    components.add_security_scheme(
        "bearer",
        SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build()),
    );
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_mut(item) {
            if path.starts_with("/v1/") {
                share(method, path, operation);
            }
        }
    }
    document
}

/// Every method and path pattern, for 405 and for tests.
pub fn offered() -> Vec<(String, String)> {
    let document = document();
    let paths = document.paths.paths.iter();
    paths.flat_map(|(path, item)| operations(item).into_iter().map(|(method, _)| (method.to_owned(), path.clone()))).collect()
}

fn base() -> OpenApi {
    let mut info = Info::new("jiujinan 救急难", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Urgent hardship aid for a city. Money is integer fen; ids are UUIDv7; errors are problem documents (RFC 9457); \
         every POST that changes state needs an Idempotency-Key and answers the same key with the same bytes for ever."
            .into(),
    );
    let mut license = utoipa::openapi::License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".into());
    info.license = Some(license);
    OpenApiBuilder::new().info(info).build()
}

/// Methods of a path with their operations.
fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    [("GET", &item.get), ("POST", &item.post), ("PATCH", &item.patch), ("PUT", &item.put), ("DELETE", &item.delete)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
        .collect()
}

fn operations_mut(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("PUT", &mut item.put),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
    .collect()
}

/// POSTs that change nothing and need no key.
fn only_asks(path: &str) -> bool {
    ["/preview", "/search", "/quote", "/check"].iter().any(|end| path.ends_with(end))
}

fn share(method: &str, path: &str, operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    let keyed = method == "POST" && !only_asks(path);
    if keyed {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("1 to 255 characters; the same key gets the same answer, another request with it 422"))
            .schema(Some(ObjectBuilder::new().schema_type(schema::Type::String).min_length(Some(1)).max_length(Some(255))))
            .build();
        operation.parameters.get_or_insert_default().push(key.into());
    }
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            response.description = "done".into();
        }
        if keyed {
            let replayed = header("`true` when the key was answered before: these are the bytes of then");
            response.headers.insert("Idempotent-Replayed".into(), RefOr::T(replayed));
        }
    }
    let body = matches!(method, "POST" | "PATCH" | "PUT");
    let mut problems = vec![
        (400, "not well formed"),
        (401, "not authenticated"),
        (403, "not allowed for this role"),
        (404, "not there, or outside the scope"),
    ];
    if body {
        problems.extend([(409, "refused by a rule"), (413, "too large"), (415, "not JSON")]);
    }
    if keyed {
        problems.push((422, "the key was used for another request"));
    }
    if method == "PATCH" {
        problems.extend([(412, "changed since it was read"), (428, "If-Match is required")]);
    }
    if path.contains("/forms/") {
        problems.push((409, "the form does not fit the case"));
    }
    if path.ends_with("/entries") || path.starts_with("/v1/reports/") || path == "/v1/publicity/{publication}" {
        problems.push((406, "none of the accepted formats is offered"));
    }
    problems.extend([(429, "too many requests"), (503, "busy, or the outcome is unknown")]);
    for (status, description) in problems {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let mut response = ResponseBuilder::new().description(description).content("application/problem+json", content);
        if matches!(status, 429 | 503) {
            response = response.header("Retry-After", header("seconds to wait before the same request is sent again"));
        }
        let response = response.build();
        operation.responses.responses.insert(status.to_string(), response.into());
    }
}

/// A header of an answer.
fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(schema::Type::String)))
        .description(Some(description))
        .build()
}

/// `/openapi.json`, and `/docs/` with everything it needs in the binary.
pub fn pages(document: &OpenApi) -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", document.clone())
}
