//! An issuer with a key of its own, for tests.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::http::token::now;
use crate::http::{IssuerSettings, Issuers};

pub(crate) const NAME: &str = "https://idp.test";
pub(crate) const AUDIENCE: &str = "jiujinan";

/// An issuer with one Ed25519 key, `k1`, in a JWKS file.
pub(crate) struct Issuer {
    folder: TempDir,
    pub(crate) key: SigningKey,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let issuer = Self { folder: TempDir::new().unwrap(), key: SigningKey::from_bytes(&[1; 32]) };
        issuer.publish(&[jwk(&issuer.key, "k1")]);
        issuer
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        std::fs::write(self.path(), json!({ "keys": keys }).to_string()).unwrap();
    }

    pub(crate) fn issuers(&self) -> Issuers {
        let settings = IssuerSettings { name: NAME.into(), algorithms: vec![Algorithm::EdDSA], jwks: self.path() };
        Issuers::load(&[settings], AUDIENCE).unwrap()
    }

    /// A clerk's token, with changed claims.
    pub(crate) fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims();
        change(&mut claims);
        sign(&self.key, &json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt"}), &claims)
    }

    /// An approver's countersign of a body, with changed claims (a claim `typ` goes into the header).
    pub(crate) fn countersign(&self, body: &[u8], change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims();
        claims["sub"] = json!("approver-1");
        claims["roles"] = json!(["approver"]);
        claims["division"] = json!("340303");
        claims["jti"] = json!("jti-2");
        claims["exp"] = json!(now() + 300);
        claims["req"] = json!(hash_of(body));
        change(&mut claims);
        let typ = claims.get("typ").cloned().unwrap_or_else(|| json!("at+jwt"));
        sign(&self.key, &json!({"alg": "EdDSA", "kid": "k1", "typ": typ}), &claims)
    }
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": NAME, "aud": AUDIENCE, "sub": "officer-1", "iat": now(), "nbf": now(), "exp": now() + 900, "jti": "jti-1",
        "roles": ["clerk"], "division": "340303001", "name": "甲", "section": "s1",
    })
}

pub(crate) fn jwk(key: &SigningKey, kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())})
}

pub(crate) fn encode(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

pub(crate) fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = encode(header, claims);
    let signature = key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

pub(crate) fn hash_of(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

pub(crate) fn actor(sub: &str) -> Actor {
    Actor {
        subject: Subject::new(NAME, sub),
        roles: Roles::of(&[Role::Clerk]),
        scope: "340303001".parse().unwrap(),
        section: None,
        hospital: None,
    }
}
