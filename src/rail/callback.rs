//! Call-backs: `POST /v1/rail/results`, a [`BankResult`] signed by the bank.

use actix_web::http::header::HeaderMap;
use jiff::Timestamp;

use crate::rail::envelope::Envelope;
use crate::rail::key::PeerKey;
use crate::rail::message::Message;
use crate::rail::result::{BankResult, Verdict};
use crate::rail::signature::SignatureInvalid;

/// Why a call-back is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefused {
    /// It is not known to be the bank's.
    #[error("the call-back is not believed: {0}")]
    NotBelieved(#[from] SignatureInvalid),
    /// Signed by the bank, and no result that a bank calls back with.
    #[error("the call-back is no result")]
    NoResult,
}

/// The result in a call-back, when the pinned key signed this very request about now.
///
/// `method` in capitals; `path` as it was asked for, without query. The same call-back may come many times.
///
/// # Errors
/// See [`CallbackRefused`].
pub fn verify_callback(
    headers: &HeaderMap,
    method: &str,
    path: &str,
    body: &[u8],
    bank: &PeerKey,
    now: Timestamp,
) -> Result<BankResult, CallbackRefused> {
    let envelope = Envelope::read(|name| headers.get_all(name).map(|value| value.as_bytes()))?;
    envelope.verify(bank, &Message::Request { method, path }, body, now)?;
    let result = BankResult::read(body).ok_or(CallbackRefused::NoResult)?;
    match result.verdict {
        Verdict::NotKnown => Err(CallbackRefused::NoResult),
        Verdict::Accepted | Verdict::Paid { .. } | Verdict::Refused { .. } | Verdict::Returned { .. } => Ok(result),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::rail::key::OwnKey;

    const PATH: &str = "/v1/rail/results";
    const PAID: &[u8] = br#"{"instruction_id":"01a20c55-f103-7093-92ce-4763218a0bf4","result":"paid","at":"2026-11-24T08:00:00Z","reference":"B-1"}"#;

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn bank() -> OwnKey {
        OwnKey::from_seed(&[7; 32])
    }

    fn take(key: &OwnKey, signed: &[u8], path: &str, received: &[u8]) -> Result<BankResult, CallbackRefused> {
        let envelope = Envelope::sign(key, &Message::Request { method: "POST", path }, signed, now());
        let request = envelope.headers().into_iter().fold(TestRequest::post(), |request, pair| request.insert_header(pair));
        verify_callback(request.to_http_request().headers(), "POST", PATH, received, &bank().peer(), now())
    }

    #[test]
    fn a_result_that_the_bank_signed_is_taken() {
        assert!(matches!(take(&bank(), PAID, PATH, PAID).unwrap().verdict, Verdict::Paid { .. }));
    }

    #[test]
    fn a_result_that_the_bank_did_not_sign_like_this_is_not() {
        let stranger = OwnKey::from_seed(&[8; 32]).named(bank().id().to_owned());
        let changed = String::from_utf8_lossy(PAID).replace("B-1", "B-2");
        let not_believed = |reason| Err(CallbackRefused::NotBelieved(reason));
        assert_eq!(take(&stranger, PAID, PATH, PAID), not_believed(SignatureInvalid::Signature));
        assert_eq!(take(&bank(), PAID, "/elsewhere", PAID), not_believed(SignatureInvalid::Signature));
        assert_eq!(take(&bank(), PAID, PATH, changed.as_bytes()), not_believed(SignatureInvalid::Digest));
        let bare = TestRequest::post().to_http_request();
        let unsigned = verify_callback(bare.headers(), "POST", PATH, PAID, &bank().peer(), now());
        assert_eq!(unsigned, not_believed(SignatureInvalid::Headers));
    }

    #[test]
    fn what_is_signed_and_no_result_is_refused() {
        let not_known = br#"{"instruction_id":"01a20c55-f103-7093-92ce-4763218a0bf4","result":"not_known"}"#;
        for body in [&not_known[..], b"{}", b""] {
            assert_eq!(take(&bank(), body, PATH, body), Err(CallbackRefused::NoResult));
        }
    }
}
