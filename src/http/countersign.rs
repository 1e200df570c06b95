//! The signature of a second officer on one request: header `Countersign: <JWT>`.
//!
//! It is an access token of an approver that lives 15 minutes at most and names, as `req`, the SHA-256 of the raw body.
//! That it covers the division, comes from another person and is used once is judged where the decision is made.

use actix_web::http::header::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::actor::{Role, Subject};
use crate::division::Division;
use crate::http::token::{Issuers, now};

const COUNTERSIGN: HeaderName = HeaderName::from_static("countersign");
const LIFE_MAX_S: u64 = 15 * 60;

/// The second officer's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countersign {
    /// Who signed.
    pub officer: Subject,
    /// Where the signer may act.
    pub scope: Division,
    /// The signer's section of the office.
    pub section: Option<String>,
    /// SHA-256 of issuer, NUL and `jti`: to be used once.
    pub token: [u8; 32],
}

/// Whether a request was countersigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Countersigned {
    /// It was not.
    No,
    /// It was.
    By(Countersign),
    /// Something was sent that is no countersign of this request; the reason holds nothing that came from outside.
    Invalid(&'static str),
}

impl Countersign {
    /// Half of the digest: enough to tell countersigns apart where they are stored.
    pub fn short_token(&self) -> [u8; 16] {
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(self.token) {
            *to = from;
        }
        short
    }
}

impl Issuers {
    /// Reads and verifies the header against the raw body.
    pub(crate) fn countersigned(&self, headers: &HeaderMap, raw: &[u8]) -> Countersigned {
        let mut values = headers.get_all(COUNTERSIGN);
        let Some(value) = values.next() else { return Countersigned::No };
        if values.next().is_some() {
            return Countersigned::Invalid("more than one countersign");
        }
        let Ok(token) = value.to_str() else { return Countersigned::Invalid("not a JWT") };
        match self.countersign(token.trim(), raw) {
            Ok(countersign) => Countersigned::By(countersign),
            Err(reason) => Countersigned::Invalid(reason),
        }
    }

    fn countersign(&self, token: &str, raw: &[u8]) -> Result<Countersign, &'static str> {
        let proven = self.prove(token, now()).map_err(|refused| refused.reason())?;
        if !proven.actor.roles.has(Role::Approver) {
            return Err("the countersigner is no approver");
        }
        if proven.life_s > LIFE_MAX_S {
            return Err("a countersign lives 15 minutes at most");
        }
        let req = proven.req.ok_or("it names no request")?;
        let ours = hex::encode(Sha256::digest(raw));
        if !bool::from(req.as_bytes().ct_eq(ours.as_bytes())) {
            return Err("it signs another request");
        }
        let token = Sha256::new().chain_update(&proven.issuer).chain_update([0]).chain_update(&proven.jti).finalize().into();
        Ok(Countersign { officer: proven.actor.subject, scope: proven.actor.scope, section: proven.actor.section, token })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;
    use crate::http::testing::{Issuer, hash_of};

    const BODY: &[u8] = br#"{"requested_fen":1}"#;

    fn read(issuer: &Issuer, token: &str, body: &[u8]) -> Countersigned {
        let request = TestRequest::default().insert_header(("Countersign", token)).to_http_request();
        issuer.issuers().countersigned(request.headers(), body)
    }

    #[test]
    fn an_approver_signs_one_request() {
        let issuer = Issuer::new();
        let token = issuer.countersign(BODY, |_| ());
        let Countersigned::By(countersign) = read(&issuer, &token, BODY) else { panic!("refused") };
        assert_eq!(countersign.officer.as_str(), "https://idp.test#approver-1");
        assert_eq!(countersign.scope.as_str(), "340303");
        assert_eq!(countersign.token, <[u8; 32]>::from(Sha256::digest(b"https://idp.test\0jti-2")));
        assert_eq!(read(&issuer, &token, b"{}"), Countersigned::Invalid("it signs another request"));
    }

    #[test]
    fn each_rule_of_a_countersign_is_kept() {
        let issuer = Issuer::new();
        for (claim, value, reason) in [
            ("roles", json!(["clerk"]), "the countersigner is no approver"),
            ("req", json!(null), "it names no request"),
            ("req", json!(hash_of(BODY).to_uppercase()), "it signs another request"),
            ("req", json!(hash_of(b"{}")), "it signs another request"),
            ("exp", json!(now() + 901), "a countersign lives 15 minutes at most"),
            ("aud", json!("another"), "for another audience"),
            ("typ", json!("JWT"), "typ is not at+jwt"),
        ] {
            let token = issuer.countersign(BODY, |claims| claims[claim] = value.clone());
            assert_eq!(read(&issuer, &token, BODY), Countersigned::Invalid(reason), "{claim}: {value}");
        }
    }

    #[test]
    fn no_header_is_no_countersign_and_two_are_none_either() {
        let issuer = Issuer::new();
        let none = TestRequest::default().to_http_request();
        assert_eq!(issuer.issuers().countersigned(none.headers(), BODY), Countersigned::No);
        let token = issuer.countersign(BODY, |_| ());
        let two = TestRequest::default()
            .append_header(("Countersign", token.as_str()))
            .append_header(("Countersign", token.as_str()))
            .to_http_request();
        assert!(matches!(issuer.issuers().countersigned(two.headers(), BODY), Countersigned::Invalid(_)));
        assert!(matches!(read(&issuer, "junk", BODY), Countersigned::Invalid(_)));
    }

    #[test]
    fn a_countersign_opens_no_door() {
        let issuer = Issuer::new();
        let token = issuer.countersign(BODY, |_| ());
        assert_eq!(issuer.issuers().verify(&token).unwrap_err().reason(), "a countersign is no access token");
    }
}
