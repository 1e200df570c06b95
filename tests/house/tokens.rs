//! Tokens that must not open a door, through HTTP: each the same 401, each with a record, none with a hint.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, get_current_timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::records::Leaves;
use crate::world::{STREET, World, forge, place};

const PATH: &str = "/v1/funds";

fn good() -> Value {
    forge::claims(&["finance"], "3403", "finance-1")
}

fn with(claim: &str, value: Value) -> String {
    let mut claims = good();
    claims[claim] = value;
    forge::sign(&forge::header(), &claims)
}

fn without(claim: &str) -> String {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(claim);
    forge::sign(&forge::header(), &claims)
}

/// Header and claims as they are, with any signature.
fn raw(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode(signature))
}

/// HS256 with something that everybody knows as the secret.
fn confused(secret: &[u8]) -> String {
    let unsigned = raw(&json!({"alg": "HS256", "typ": "at+jwt", "kid": "dev-1"}), &good(), b"");
    let message = unsigned.trim_end_matches('.').to_owned();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn headed(change: impl FnOnce(&mut jsonwebtoken::Header)) -> String {
    let mut header = forge::header();
    change(&mut header);
    forge::sign(&header, &good())
}

/// What is wrong with it, and the token.
fn bad() -> Vec<(&'static str, String)> {
    let now = get_current_timestamp();
    let pem = std::fs::read_to_string(place().join("issuer/key.pem")).unwrap();
    let key = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let jwks = std::fs::read(place().join("issuer/jwks.json")).unwrap();
    let stranger = SigningKey::from_bytes(&[7; 32]).to_pkcs8_pem(Default::default()).unwrap();
    let stranger = EncodingKey::from_ed_pem(stranger.as_bytes()).unwrap();
    let fine = forge::sign(&forge::header(), &good());
    let (message, signature) = fine.rsplit_once('.').unwrap();
    let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "dev-1"});
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let admin = forge::claims(&["admin"], "3403", "finance-1");
    vec![
        ("alg none", raw(&json!({"alg": "none", "typ": "at+jwt", "kid": "dev-1"}), &good(), b"")),
        ("alg None", raw(&json!({"alg": "None", "typ": "at+jwt", "kid": "dev-1"}), &good(), &signature)),
        ("no alg", raw(&json!({"typ": "at+jwt", "kid": "dev-1"}), &good(), &signature)),
        ("HS256 with the public key", confused(key.verifying_key().as_bytes())),
        ("HS256 with the public key in base64url", confused(URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()).as_bytes())),
        ("HS256 with the key set", confused(&jwks)),
        ("HS256 with nothing", confused(b"")),
        ("another algorithm's name", raw(&json!({"alg": "ES256", "typ": "at+jwt", "kid": "dev-1"}), &good(), &signature)),
        ("a stranger's signature", jsonwebtoken::encode(&forge::header(), &good(), &stranger).unwrap()),
        ("no signature", format!("{message}.")),
        ("another token's signature", raw(&header, &admin, &signature)),
        ("half a signature", raw(&header, &good(), &signature[..32])),
        ("another issuer", with("iss", json!("urn:elsewhere"))),
        ("another audience", with("aud", json!("elsewhere"))),
        ("another key", headed(|header| header.kid = Some("dev-2".into()))),
        ("a key's path", headed(|header| header.kid = Some("../../key.pem".into()))),
        ("no key", headed(|header| header.kid = None)),
        ("another type", headed(|header| header.typ = Some("JWT".into()))),
        ("an identity token", headed(|header| header.typ = Some("id+jwt".into()))),
        ("expired", with("exp", json!(now - 60))),
        ("not yet valid", with("nbf", json!(now + 120))),
        ("issued in the future", with("iat", json!(now + 120))),
        ("for two days", with("exp", json!(now + 2 * 86_400))),
        ("no roles", with("roles", json!([]))),
        ("unknown roles", with("roles", json!(["root"]))),
        ("roles in one text", with("roles", json!("finance"))),
        ("no division", without("division")),
        ("a division that is none", with("division", json!("34"))),
        ("an empty division", with("division", json!(""))),
        ("no subject", without("sub")),
        ("no number of its own", without("jti")),
        ("no expiry", without("exp")),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("a countersign", with("req", json!("0".repeat(64)))),
        ("no token", "abc".into()),
        ("too long", with("name", json!("x".repeat(9_000)))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_token_gets_the_same_answer_and_leaves_a_record() {
    let world = World::new().await;
    world.get(PATH, &forge::sign(&forge::header(), &good())).await.expect(200);
    let mut leaves = Leaves::of(&world).await;
    let shape = |answer: &crate::world::Answer| {
        let mut body = answer.body.clone();
        body["trace_id"] = Value::Null;
        body
    };
    let silent = shape(&world.ask(reqwest::Method::GET, PATH).send().await);
    for (wrong, token) in bad() {
        let answer = world.get(PATH, &token).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "{wrong}: {}", answer.text);
        assert_eq!(answer.headers.get("www-authenticate").unwrap(), "Bearer error=\"invalid_token\"", "{wrong}");
        assert_eq!(shape(&answer), silent, "{wrong}");
        let left = leaves.unseen().await;
        assert_eq!(left.len(), 1, "{wrong}");
        assert_eq!((&left[0]["kind"], &left[0]["city"]), (&json!("access.denied"), &json!("0000")), "{wrong}");
        assert!(!left[0].to_string().contains(&token), "{wrong}: the token is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_sent_once_and_as_a_bearer() {
    let world = World::new().await;
    let fine = forge::sign(&forge::header(), &good());
    let ask = || world.ask(reqwest::Method::GET, PATH);
    for value in [format!("Basic {fine}"), fine.clone(), "Bearer".into(), "Bearer ".into(), format!("Bearer {fine} {fine}")] {
        ask().header("authorization", value).send().await.refused(401, "UNAUTHENTICATED");
    }
    ask().by(&fine).by(&fine).send().await.refused(401, "UNAUTHENTICATED");
    ask().header("authorization", format!("bearer {fine}")).send().await.expect(200);
    // Not in the address, where it would end up in logs.
    let address = format!("{PATH}?access_token={fine}");
    world.ask(reqwest::Method::GET, &address).send().await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leeway_of_half_a_minute_is_given_to_clocks() {
    let world = World::new().await;
    let now = get_current_timestamp();
    let mut late = forge::claims(&["finance"], STREET, "finance-1");
    (late["iat"], late["nbf"], late["exp"]) = (json!(now - 600), json!(now - 600), json!(now - 15));
    world.get(PATH, &forge::sign(&forge::header(), &late)).await.expect(200);
    (late["iat"], late["nbf"], late["exp"]) = (json!(now + 15), json!(now + 15), json!(now + 600));
    world.get(PATH, &forge::sign(&forge::header(), &late)).await.expect(200);
    assert_eq!(forge::header().alg, Algorithm::EdDSA);
}
