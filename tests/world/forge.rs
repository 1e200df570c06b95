//! Tokens that an honest issuer would not sign.

use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

use super::place;

/// Claims of a good token.
pub fn claims(roles: &[&str], division: &str, sub: &str) -> Value {
    let now = get_current_timestamp();
    json!({
        "iss": "urn:jiujinan:dev", "aud": "jiujinan", "sub": sub, "iat": now, "nbf": now, "exp": now + 600,
        "jti": uuid::Uuid::new_v4().to_string(), "roles": roles, "division": division,
    })
}

/// The header of a good token.
pub fn header() -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".into());
    header.kid = Some("dev-1".into());
    header
}

/// Signed with the key of the world's issuer.
pub fn sign(header: &Header, claims: &Value) -> String {
    let pem = std::fs::read(place().join("issuer/key.pem")).unwrap();
    jsonwebtoken::encode(header, claims, &EncodingKey::from_ed_pem(&pem).unwrap()).unwrap()
}
