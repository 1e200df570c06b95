//! Codes and statuses: the only place that knows both.

use actix_web::http::StatusCode;

use crate::code::Code;

/// The status that a code is answered with.
pub(crate) const fn status(code: Code) -> StatusCode {
    match code {
        Code::Approved | Code::ApprovedPartial | Code::Waived => StatusCode::OK,
        Code::Validation | Code::IdInvalid | Code::KeyMissing => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::CountersignInvalid => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Code::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Code::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::OutcomeUnknown | Code::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Code::LimitCase
        | Code::LimitQuick
        | Code::LimitPersonYear
        | Code::LimitOfficerDay
        | Code::LimitFundDay
        | Code::LimitCash
        | Code::SecondSignatureRequired
        | Code::FundInsufficient
        | Code::FundFrozen
        | Code::SameCause
        | Code::RepeatLimit
        | Code::OtherScheme
        | Code::OutOfPlace
        | Code::NeedsCounty
        | Code::ReviewRequired
        | Code::IdTemporary
        | Code::ConfirmIdentity
        | Code::Deceased
        | Code::Barred
        | Code::CompletionOverdue
        | Code::KeyInFlight
        | Code::SamePersonSigned
        | Code::NotOnRoster
        | Code::StayOpen
        | Code::OutOfCityHospital
        | Code::TreatFirstNoDeposit
        | Code::Reversed
        | Code::PeriodClosed
        | Code::Conflict => StatusCode::CONFLICT,
    }
}

/// True when the same request may succeed later without a change.
pub(crate) const fn retryable(code: Code) -> bool {
    matches!(code, Code::RateLimited | Code::Overloaded | Code::OutcomeUnknown | Code::KeyInFlight)
}

/// The code that stands for a status when the framework, not we, refused.
pub(crate) fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::NOT_ACCEPTABLE => Code::NotAcceptable,
        StatusCode::CONFLICT => Code::Conflict,
        StatusCode::PRECONDITION_FAILED => Code::PreconditionFailed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::PRECONDITION_REQUIRED => Code::PreconditionRequired,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => Code::Overloaded,
        other if other.is_server_error() => Code::Internal,
        _ => Code::Validation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_status_that_the_interface_names() {
        let named = |wanted: u16| -> Vec<&str> {
            Code::ALL.iter().filter(|code| status(**code).as_u16() == wanted).map(|code| code.as_str()).collect()
        };
        assert_eq!(named(200), ["APPROVED", "APPROVED_PARTIAL", "WAIVED"]);
        assert_eq!(named(400), ["ID_INVALID", "VALIDATION", "KEY_MISSING"]);
        assert_eq!(named(401), ["UNAUTHENTICATED"]);
        assert_eq!(named(403), ["FORBIDDEN", "COUNTERSIGN_INVALID"]);
        assert_eq!(named(404), ["NOT_FOUND"]);
        assert_eq!(named(412), ["PRECONDITION_FAILED"]);
        assert_eq!(named(413), ["PAYLOAD_TOO_LARGE"]);
        assert_eq!(named(415), ["UNSUPPORTED_MEDIA_TYPE"]);
        assert_eq!(named(422), ["KEY_REUSED"]);
        assert_eq!(named(428), ["PRECONDITION_REQUIRED"]);
        assert_eq!(named(429), ["RATE_LIMITED"]);
        assert_eq!(named(500), ["INTERNAL"]);
        assert_eq!(named(503), ["OUTCOME_UNKNOWN", "OVERLOADED"]);
        assert_eq!(named(409).len(), 29);
    }

    #[test]
    fn only_what_passes_by_itself_is_retryable() {
        let again: Vec<_> = Code::ALL.iter().filter(|code| retryable(**code)).map(|code| code.as_str()).collect();
        assert_eq!(again, ["KEY_IN_FLIGHT", "RATE_LIMITED", "OUTCOME_UNKNOWN", "OVERLOADED"]);
    }

    #[test]
    fn a_refusal_of_the_framework_keeps_its_status() {
        for code in [401, 403, 404, 405, 406, 409, 412, 413, 415, 428, 429, 500, 503] {
            let refused = StatusCode::from_u16(code).unwrap();
            assert_eq!(status(code_of(refused)), refused);
        }
        assert_eq!(status(code_of(StatusCode::EXPECTATION_FAILED)), StatusCode::BAD_REQUEST);
        assert_eq!(status(code_of(StatusCode::BAD_GATEWAY)), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
