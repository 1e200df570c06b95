//! Records denied access: an answer that says no leaves a leaf before it leaves the house.

use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::audit::{self, Leaf};
use crate::book::{Answer, Book, Facts, Keys, Move, Rows, Ruling};
use crate::code::Code;
use crate::division::City;
use crate::http::Denial;
use crate::id::LeafId;

/// The log that holds denials of callers whose city is not known.
const NOWHERE: &str = "0000";

/// How long a denial waits for its leaf.
const PATIENCE: Duration = Duration::from_secs(2);

struct Record {
    city: City,
    denial: Denial,
    leaf: LeafId,
}

impl Move for Record {
    fn keys(&self, _: &mut Keys) {}

    fn decide(&self, facts: &Facts) -> Ruling {
        let said = audit::Denied {
            code: self.denial.code,
            detail: self.denial.detail.to_owned(),
            route: format!("{} {}", self.denial.method, self.denial.route),
        };
        let subject = self.denial.subject.as_ref().map_or("", crate::actor::Subject::as_str);
        let leaf = Leaf::new(self.city, self.leaf, facts.now(), subject, &said);
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::recorded())
    }
}

/// The outermost middleware. A denial that cannot be recorded is answered all the same, and logged: it lets nobody in.
pub async fn witness(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let book = request.app_data::<Data<Book>>().cloned();
    let mut response = next.call(request).await?;
    let denial = response.response_mut().extensions_mut().remove::<Denial>();
    if let (Some(denial), Some(book), Ok(nowhere)) = (denial, book, NOWHERE.parse()) {
        let city = denial.city.unwrap_or(nowhere);
        let noted = tokio::time::timeout(PATIENCE, book.note(city, Record { city, denial, leaf: LeafId::new() })).await;
        let failed = match noted {
            Ok(Ok(())) => None,
            Ok(Err(problem)) => Some(problem.code()),
            // The leaf may still be written: going away stops no move.
            Err(_) => Some(Code::OutcomeUnknown),
        };
        if let Some(code) = failed {
            tracing::error!(code = code.as_str(), "a denied access could not be recorded");
        }
    }
    Ok(response)
}
