//! The edge of the rail: the bank calls back.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, post};
use jiff::Timestamp;

use crate::book::Book;
use crate::code::Code;
use crate::division::City;
use crate::http::Problem;
use crate::id::PaymentId;
use crate::rail::{CallbackRefused, PeerKey, verify_callback};
use crate::reads::Readers;
use crate::transfer::courier::said;
use crate::transfer::whose::Whose;

/// Whose call-backs are believed; nobody's, when no bank is set.
pub struct Bank(pub Option<PeerKey>);

/// A bank says what became of an instruction. Signed by the bank (RFC 9421, Ed25519) instead of a token; may come any number of times.
#[utoipa::path(
    tag = "rail", request_body(content = String, content_type = "application/json", description = "instruction_id, result, at, reference or reason"),
    responses((status = 204, description = "taken in, or known already"))
)]
#[post("/rail/results")]
async fn post_result(
    request: HttpRequest,
    body: Bytes,
    bank: Data<Bank>,
    readers: Data<Readers>,
    book: Data<Book>,
) -> Result<HttpResponse, Problem> {
    let key = bank.0.as_ref().ok_or_else(Problem::not_found)?;
    let result = verify_callback(request.headers(), "POST", request.path(), &body, key, Timestamp::now());
    let result = result.map_err(|refused| match refused {
        CallbackRefused::NotBelieved(_) => Problem::unauthenticated(Some("the call-back is not signed by the bank")),
        CallbackRefused::NoResult => Problem::new(Code::Validation, "the call-back is no result"),
    })?;
    let payment = PaymentId::from(result.instruction_id);
    let found = readers.everywhere(include_str!("../../sql/transfer/find.sql"), &[&payment]).await?;
    let row = found.first().ok_or_else(Problem::not_found)?;
    let (city, whose): (City, Whose) = (row.get("city"), Whose::read(row));
    if let Some((says, reference)) = said(&result.verdict) {
        whose.take_in(&readers, &book, (city, payment), says, reference).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Routes of the rail.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_result);
}
