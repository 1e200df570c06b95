//! Values out of the path. What is malformed there does not exist: 404.
//!
//! They are asked for in the handler and not extracted as arguments: actix polls the extractors of a handler together, and
//! one that is ready with its 404 would overtake the 415, 413 and 400 of a body that is still being read.

use std::str::FromStr;

use actix_web::HttpRequest;
use uuid::Uuid;

use crate::http::problem::Problem;

/// The id in the path; only the hyphenated form of RFC 9562 is one.
pub(crate) fn id<T: From<Uuid>>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    let text = request.match_info().get(name).filter(|text| text.len() == 36);
    text.and_then(|text| Uuid::try_parse(text).ok()).map(T::from).ok_or_else(Problem::not_found)
}

/// Any other value in the path.
pub(crate) fn value<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or_else(Problem::not_found)
}

/// The pattern of the route that was matched, `/v1/cases/{case}`, made from the path by putting names for values.
///
/// `HttpRequest::match_pattern` would walk every route again.
pub(crate) fn pattern(request: &HttpRequest) -> String {
    let matched = request.match_info();
    let path = matched.as_str();
    if !matched.unprocessed().is_empty() {
        return "unmatched".to_owned();
    }
    let mut pattern = String::with_capacity(path.len());
    let mut copied = 0;
    for (name, value) in matched.iter() {
        let Some(start) = (value.as_ptr() as usize).checked_sub(path.as_ptr() as usize) else { continue };
        let Some(before) = path.get(copied..start) else { continue };
        pattern.push_str(before);
        pattern.push('{');
        pattern.push_str(name);
        pattern.push('}');
        copied = start.saturating_add(value.len());
    }
    pattern.push_str(path.get(copied..).unwrap_or_default());
    pattern
}
