//! The formats of answers.

use actix_web::http::header::HeaderValue;

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `application/json`
    Json,
    /// `application/problem+json`, the format of every refusal.
    Problem,
    /// `text/csv` in UTF-8.
    Csv,
    /// A workbook (ECMA-376).
    Xlsx,
    /// `application/xml`, for camt.053.
    Xml,
    /// A page.
    Html,
}

impl Kind {
    /// The media type, without parameters.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Problem => "application/problem+json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xml => "application/xml",
            Self::Html => "text/html",
        }
    }

    pub(crate) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json"),
            Self::Problem => HeaderValue::from_static("application/problem+json"),
            Self::Csv => HeaderValue::from_static("text/csv; charset=utf-8"),
            Self::Xlsx => HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Self::Xml => HeaderValue::from_static("application/xml"),
            Self::Html => HeaderValue::from_static("text/html; charset=utf-8"),
        }
    }
}
