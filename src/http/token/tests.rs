use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::actor::Role;
use crate::http::testing::{AUDIENCE, Issuer, NAME, claims, encode, jwk, sign};

fn refused(issuer: &Issuer, token: &str) -> &'static str {
    issuer.issuers().verify(token).map(|actor| actor.subject.clone()).unwrap_err().reason()
}

fn with(issuer: &Issuer, claim: &str, value: &Value) -> String {
    issuer.token(|claims| match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
        value => claims[claim] = value.clone(),
    })
}

#[test]
fn a_token_says_who_may_do_what_where() {
    let issuer = Issuer::new();
    let token = issuer.token(|claims| claims["roles"] = json!(["clerk", "wizard", "cashier"]));
    let actor = issuer.issuers().verify(&token).unwrap();
    assert_eq!(actor.subject.as_str(), "https://idp.test#officer-1");
    assert_eq!(actor.scope.as_str(), "340303001");
    assert_eq!(actor.section.as_deref(), Some("s1"));
    assert_eq!(actor.hospital, None);
    assert!(actor.roles.has(Role::Clerk) && actor.roles.has(Role::Cashier) && !actor.roles.has(Role::Approver));
    let many = with(&issuer, "aud", &json!(["other", AUDIENCE]));
    assert!(issuer.issuers().verify(&many).is_ok());
}

#[test]
fn each_claim_is_required_and_checked() {
    let issuer = Issuer::new();
    for claim in ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "roles", "division"] {
        let reason = refused(&issuer, &with(&issuer, claim, &Value::Null));
        assert!(reason.starts_with("no ") || reason == "a required claim is missing", "{claim}: {reason}");
    }
    for (claim, value, reason) in [
        ("iss", json!("https://other.test"), "unknown issuer"),
        ("iss", json!([NAME]), "claims of another shape"),
        ("aud", json!("other"), "for another audience"),
        ("aud", json!([]), "for another audience"),
        ("exp", json!(now() - 31), "expires before it was issued"),
        ("exp", json!(now() + 86_401), "lives longer than 24 h"),
        ("exp", json!("tomorrow"), "claims of another shape"),
        ("nbf", json!(now() + 60), "not valid yet"),
        ("iat", json!(now() + 60), "issued in the future"),
        ("iat", json!(now() as f64 + 0.5), "claims of another shape"),
        ("sub", json!(""), "sub is not 1 to 128 visible characters"),
        ("sub", json!("a b"), "sub is not 1 to 128 visible characters"),
        ("sub", json!("a\u{7}"), "sub is not 1 to 128 visible characters"),
        ("sub", json!("a".repeat(129)), "sub is not 1 to 128 visible characters"),
        ("sub", json!(7), "claims of another shape"),
        ("jti", json!(""), "no jti"),
        ("roles", json!([]), "no known role"),
        ("roles", json!(["wizard", "Clerk"]), "no known role"),
        ("roles", json!("clerk"), "claims of another shape"),
        ("division", json!("34030"), "division is no code"),
        ("division", json!(3403), "claims of another shape"),
        ("section", json!("x".repeat(129)), "section or hospital is not 1 to 128 characters"),
    ] {
        let token = with(&issuer, claim, &value);
        let found = refused(&issuer, &token);
        assert!(found == reason || (claim == "exp" && found == "expired"), "{claim} {value}: {found}");
    }
    assert!(issuer.issuers().verify(&issuer.token(|claims| claims["sub"] = json!("用户".repeat(64)))).is_ok());
}

#[test]
fn clocks_may_differ_by_half_a_minute() {
    let issuer = Issuer::new();
    let shifted = |by: i64| {
        issuer.token(|claims| {
            let at = |seconds: i64| json!(i64::try_from(now()).unwrap() + by + seconds);
            (claims["iat"], claims["nbf"], claims["exp"]) = (at(0), at(0), at(60));
        })
    };
    assert!(issuer.issuers().verify(&shifted(25)).is_ok());
    assert!(issuer.issuers().verify(&shifted(-85)).is_ok());
    assert_eq!(refused(&issuer, &shifted(40)), "not valid yet");
    assert_eq!(refused(&issuer, &shifted(-95)), "expired");
}

#[test]
fn the_header_names_type_and_key() {
    let issuer = Issuer::new();
    let headed = |header: Value| sign(&issuer.key, &header, &claims());
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(issuer.issuers().verify(&headed(json!({"alg": "EdDSA", "kid": "k1", "typ": typ}))).is_ok(), "{typ}");
    }
    for (header, reason) in [
        (json!({"alg": "EdDSA", "kid": "k1"}), "typ is not at+jwt"),
        (json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"}), "typ is not at+jwt"),
        (json!({"alg": "EdDSA", "kid": "k1", "typ": "logout+jwt"}), "typ is not at+jwt"),
        (json!({"alg": "EdDSA", "typ": "at+jwt"}), "no kid"),
        (json!({"alg": "EdDSA", "kid": "k2", "typ": "at+jwt"}), "unknown kid"),
        (
            json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "crit": ["b64"], "b64": false}),
            "critical header parameters are not understood",
        ),
        (json!({"kid": "k1", "typ": "at+jwt"}), "not a JWT of a known algorithm"),
    ] {
        assert_eq!(refused(&issuer, &headed(header.clone())), reason, "{header}");
    }
}

#[test]
fn an_issuer_that_can_only_set_claims_says_the_type_there() {
    let issuer = Issuer::new();
    let typed = |header: Value, typ: &str| {
        let mut claims = claims();
        claims["typ"] = json!(typ);
        sign(&issuer.key, &header, &claims)
    };
    let headers = [json!({"alg": "EdDSA", "kid": "k1"}), json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"})];
    for header in headers {
        assert!(issuer.issuers().verify(&typed(header.clone(), "at+jwt")).is_ok(), "{header}");
        assert_eq!(refused(&issuer, &typed(header, "Refresh")), "typ is not at+jwt");
    }
    let other = json!({"alg": "EdDSA", "kid": "k1", "typ": "logout+jwt"});
    assert_eq!(refused(&issuer, &typed(other, "at+jwt")), "typ is not at+jwt");
}

#[test]
fn no_other_algorithm_and_no_other_key_passes() {
    let issuer = Issuer::new();
    let header = |alg: &str| json!({"alg": alg, "kid": "k1", "typ": "at+jwt"});
    let none = encode(&header("none"), &claims());
    assert_eq!(refused(&issuer, &format!("{none}.")), "not a JWT of a known algorithm");
    // Key confusion: the public key used as an HMAC secret.
    for secret in [issuer.key.verifying_key().as_bytes().to_vec(), std::fs::read(issuer.path()).unwrap()] {
        let message = encode(&header("HS256"), &claims());
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(message.as_bytes());
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
        assert_eq!(refused(&issuer, &token), "another algorithm than the key's");
    }
    for alg in ["ES256", "RS256", "PS256", "HS512"] {
        assert_eq!(refused(&issuer, &sign(&issuer.key, &header(alg), &claims())), "another algorithm than the key's");
    }
    let stranger = SigningKey::from_bytes(&[9; 32]);
    assert_eq!(refused(&issuer, &sign(&stranger, &header("EdDSA"), &claims())), "the signature does not hold");
    let mut embedded = header("EdDSA");
    embedded["jwk"] = jwk(&stranger, "k1");
    assert_eq!(refused(&issuer, &sign(&stranger, &embedded, &claims())), "the signature does not hold");
    let token = issuer.token(|_| ());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let forged = encode(&json!({}), &{
        let mut claims = claims();
        claims["roles"] = json!(["admin"]);
        claims
    });
    let payload = forged.split_once('.').unwrap().1;
    assert_eq!(refused(&issuer, &format!("{head}.{payload}.{signature}")), "the signature does not hold");
}

#[test]
fn what_is_no_token_is_refused() {
    let issuer = Issuer::new();
    let long = issuer.token(|claims| claims["name"] = json!("x".repeat(8 * 1024)));
    assert_eq!(refused(&issuer, &long), "longer than 8 KiB");
    for junk in ["", ".", "..", "a.b.c", "a.b.c.d", "é.é.é", &"x".repeat(8 * 1024)] {
        assert_eq!(refused(&issuer, junk), "not a JWT of a known algorithm", "{junk}");
    }
}

/// RFC 7515 appendix A.2 and A.3: keys, signing input and signatures as published.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const RS256: &str = concat!(
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZ",
    "cAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e",
    "OkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
);
const MODULUS: &str = concat!(
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs",
    "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV",
    "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
);

#[test]
fn es256_and_rs256_keys_verify_what_they_are_for_and_nothing_else() {
    let issuer = Issuer::new();
    let ec = json!({
        "kty": "EC", "crv": "P-256", "kid": "ec",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    issuer.publish(&[ec, json!({"kty": "RSA", "kid": "rsa", "n": MODULUS, "e": "AQAB"}), jwk(&issuer.key, "k1")]);
    let algorithms = vec![Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    let settings = IssuerSettings { name: NAME.into(), algorithms, jwks: issuer.path() };
    let issuers = Issuers::load(&[settings], AUDIENCE).unwrap();
    for (kid, algorithm, header, signature) in
        [("ec", Algorithm::ES256, r#"{"alg":"ES256"}"#, ES256), ("rsa", Algorithm::RS256, r#"{"alg":"RS256"}"#, RS256)]
    {
        let key = issuers.issuers[0].jwks.key(kid).unwrap();
        assert_eq!(key.algorithm, algorithm);
        let message = format!("{}.{PAYLOAD}", URL_SAFE_NO_PAD.encode(header));
        let holds =
            |message: &str| jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.decoding, algorithm).unwrap();
        assert!(holds(&message) && !holds(&format!("{message}x")));
        let confused = sign(&issuer.key, &json!({"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}), &claims());
        assert_eq!(issuers.verify(&confused).unwrap_err().reason(), "another algorithm than the key's");
    }
    assert!(issuers.verify(&issuer.token(|_| ())).is_ok());
}

#[test]
fn a_remembered_token_expires_all_the_same() {
    let issuer = Issuer::new();
    let issuers = issuer.issuers();
    let token = issuer.token(|_| ());
    assert!(issuers.verify(&token).is_ok());
    assert!(issuers.verify_at(&token, now() + 900).is_ok());
    assert_eq!(issuers.verify_at(&token, now() + 931).unwrap_err().reason(), "expired");
}

#[test]
fn a_new_key_is_found_and_an_old_one_loses_its_force() {
    let issuer = Issuer::new();
    let issuers = issuer.issuers();
    let old = issuer.token(|_| ());
    assert!(issuers.verify(&old).is_ok());
    let next = SigningKey::from_bytes(&[2; 32]);
    let new = sign(&next, &json!({"alg": "EdDSA", "kid": "k2", "typ": "at+jwt"}), &claims());
    issuer.publish(&[jwk(&next, "k2")]);
    assert!(issuers.verify(&old).is_ok(), "nothing has made us look yet");
    assert!(issuers.verify(&new).is_ok());
    assert_eq!(issuers.verify(&old).unwrap_err().reason(), "unknown kid");
}

#[test]
fn a_broken_file_leaves_the_old_keys_in_force_and_is_not_read_all_the_time() {
    let issuer = Issuer::new();
    let issuers = issuer.issuers();
    let old = issuer.token(|_| ());
    let next = SigningKey::from_bytes(&[2; 32]);
    let new = sign(&next, &json!({"alg": "EdDSA", "kid": "k2", "typ": "at+jwt"}), &claims());
    std::fs::write(issuer.path(), "{").unwrap();
    assert_eq!(issuers.verify(&new).unwrap_err().reason(), "unknown kid");
    assert!(issuers.verify(&old).is_ok());
    issuer.publish(&[jwk(&next, "k2")]);
    assert_eq!(issuers.verify(&new).unwrap_err().reason(), "unknown kid", "read a moment ago");
    let jwks = &issuers.issuers[0].jwks;
    assert!(jwks.reread(Instant::now() + std::time::Duration::from_secs(6)));
    assert!(jwks.key("k2").is_some() && jwks.key("k1").is_none());
}

#[test]
fn issuers_are_set_once_and_exist() {
    let issuer = Issuer::new();
    let settings = IssuerSettings { name: NAME.into(), algorithms: vec![Algorithm::EdDSA], jwks: issuer.path() };
    assert!(matches!(Issuers::load(&[], AUDIENCE), Err(TokenError::Issuers)));
    assert!(matches!(Issuers::load(&[settings.clone(), settings.clone()], AUDIENCE), Err(TokenError::Issuers)));
    assert!(matches!(Issuers::load(std::slice::from_ref(&settings), ""), Err(TokenError::Audience)));
    let symmetric = IssuerSettings { algorithms: vec![Algorithm::HS256], ..settings.clone() };
    assert!(matches!(Issuers::load(&[symmetric], AUDIENCE), Err(TokenError::Algorithm(_))));
    issuer.publish(&[json!({"kty": "oct", "kid": "s", "k": "AAAA"})]);
    assert!(matches!(Issuers::load(&[settings], AUDIENCE), Err(TokenError::Jwks { .. })));
}
