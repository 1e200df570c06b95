//! What is offered where, for requests that match no route: 405 with `Allow` on a known path, else 404.

use std::collections::BTreeSet;

use actix_web::dev::ResourceDef;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

use crate::http::problem::Problem;

/// Every method and path pattern that the server offers; goes into the app as `Data<Routes>`.
pub struct Routes(Vec<(String, ResourceDef)>);

impl Routes {
    /// From pairs of method and pattern, `("GET", "/v1/funds/{fund}")`.
    pub fn new<M: Into<String>, P: AsRef<str>>(offered: impl IntoIterator<Item = (M, P)>) -> Self {
        Self(offered.into_iter().map(|(method, pattern)| (method.into(), ResourceDef::new(pattern.as_ref()))).collect())
    }

    /// Why nothing answers this request.
    pub(crate) fn refuse(&self, path: &str) -> Problem {
        let here = self.0.iter().filter(|(_, pattern)| pattern.is_match(path));
        let methods: BTreeSet<&str> = here.map(|(method, _)| method.as_str()).collect();
        if methods.is_empty() {
            return Problem::not_found();
        }
        Problem::method_not_allowed(methods.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// The app's default service.
pub async fn no_route(request: HttpRequest) -> HttpResponse {
    refuse(&request).error_response()
}

/// 404 or 405 for a request that nothing answered.
pub(crate) fn refuse(request: &HttpRequest) -> Problem {
    request.app_data::<Data<Routes>>().map_or_else(Problem::not_found, |routes| routes.refuse(request.path()))
}
