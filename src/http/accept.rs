//! `Accept`: which of the offered formats a caller likes best (RFC 9110 §12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

use crate::code::Code;
use crate::http::kind::Kind;
use crate::http::problem::Problem;
use crate::http::quality::weighted;

/// The offered format with the highest weight, the first of equals; without the header the first; 406 when none is liked.
pub fn negotiate(headers: &HeaderMap, offered: &[Kind]) -> Result<Kind, Problem> {
    let wanted: Vec<(&str, u16)> = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(weighted).collect();
    let mut best = None;
    for kind in offered {
        let weight = if wanted.is_empty() { 1000 } else { weight_of(kind.media_type(), &wanted) };
        if weight > best.map_or(0, |(_, highest)| highest) {
            best = Some((*kind, weight));
        }
    }
    best.map(|(kind, _)| kind).ok_or_else(|| {
        let names: Vec<_> = offered.iter().map(|kind| kind.media_type()).collect();
        Problem::new(Code::NotAcceptable, format!("offered are: {}", names.join(", ")))
    })
}

/// The weight of the most specific range that covers the type.
fn weight_of(media_type: &str, wanted: &[(&str, u16)]) -> u16 {
    let family = media_type.split('/').next().unwrap_or(media_type);
    let precision = |range: &str| match range.split_once('/') {
        Some(("*", "*")) => Some(0),
        Some((of, "*")) if of.eq_ignore_ascii_case(family) => Some(1),
        _ if range.eq_ignore_ascii_case(media_type) => Some(2),
        _ => None,
    };
    let covering = wanted.iter().filter_map(|(range, weight)| precision(range).map(|precision| (precision, *weight)));
    covering.max().map_or(0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OFFERED: [Kind; 3] = [Kind::Json, Kind::Csv, Kind::Xlsx];

    fn chosen(accept: &str) -> Option<Kind> {
        let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
        negotiate(request.headers(), &OFFERED).ok()
    }

    #[test]
    fn the_most_liked_format_is_chosen() {
        for (accept, kind) in [
            ("", Kind::Json),
            ("*/*", Kind::Json),
            ("application/*", Kind::Json),
            ("text/csv", Kind::Csv),
            ("TEXT/CSV;q=0.9, application/json;q=0.8", Kind::Csv),
            ("text/*, application/json;q=0.5", Kind::Csv),
            ("application/json;q=0, */*;q=0.1", Kind::Csv),
            ("text/csv;charset=utf-8;q=0.2, */*;q=0.1", Kind::Csv),
            ("application/xml, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;q=0.1", Kind::Xlsx),
        ] {
            assert_eq!(chosen(accept), Some(kind), "{accept}");
        }
        assert_eq!(negotiate(TestRequest::default().to_http_request().headers(), &OFFERED).ok(), Some(Kind::Json));
    }

    #[test]
    fn what_nobody_offers_is_not_acceptable() {
        for accept in ["image/png", "*/*;q=0", "text/html, application/xml", "json"] {
            assert_eq!(chosen(accept), None, "{accept}");
        }
    }
}
