//! Tokens that prove nothing, or not enough.

use jiujinan::actor::Role;
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};

use crate::bad_input::problem;
use crate::world::{STREET, World, case, forge};

/// Tokens that prove nothing, with what is wrong about them.
fn forged() -> Vec<(String, String)> {
    let now = jsonwebtoken::get_current_timestamp();
    let good = || forge::claims(&["clerk"], STREET, "clerk-1");
    let mut forged: Vec<(String, String)> = [
        ("exp", json!(now - 31)),
        ("nbf", json!(now + 500)),
        ("iat", json!(now + 500)),
        ("exp", json!(now + 90_000)),
        ("exp", json!("tomorrow")),
        ("iss", json!("urn:nobody")),
        ("aud", json!("another")),
        ("sub", json!("")),
        ("sub", json!("a b")),
        ("sub", json!("a".repeat(129))),
        ("jti", Value::Null),
        ("roles", json!([])),
        ("roles", json!("clerk")),
        ("roles", json!(["emperor"])),
        ("division", json!("34")),
        ("division", Value::Null),
        ("req", json!("0".repeat(64))),
    ]
    .into_iter()
    .map(|(claim, value)| {
        let mut claims = good();
        claims[claim] = value.clone();
        (format!("{claim} {value}"), forge::sign(&forge::header(), &claims))
    })
    .collect();
    let token = forge::sign(&forge::header(), &good());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let mut header = forge::header();
    header.kid = Some("dev-2".into());
    forged.push(("another key".into(), forge::sign(&header, &good())));
    header = forge::header();
    header.typ = Some("id+jwt".into());
    forged.push(("another typ".into(), forge::sign(&header, &good())));
    header = forge::header();
    header.alg = Algorithm::HS256;
    let secret = jsonwebtoken::EncodingKey::from_secret(b"x");
    forged.push(("another algorithm".into(), jsonwebtoken::encode(&header, &good(), &secret).unwrap()));
    forged.push(("cut".into(), head.to_owned()));
    forged.push(("no signature".into(), format!("{head}.")));
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    forged.push(("another signature".into(), format!("{head}.{other}{}", &signature[1..])));
    forged.push(("none".into(), "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.".into()));
    forged.push(("junk".into(), "junk".into()));
    forged.push(("long".into(), "a".repeat(9_000)));
    forged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_proves_nothing_opens_nothing_and_leaves_a_record() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let body = case(STREET, 60_000);

    for (why, token) in forged() {
        let mut before = world.counts().await;
        for answer in [
            world.post("/v1/fast-track", &token, &body).once().send().await,
            world.get(&format!("/v1/funds/{fund}"), &token).await,
        ] {
            problem(&answer, 401, "UNAUTHENTICATED", &why);
            assert_eq!(answer.headers.get("www-authenticate").unwrap(), "Bearer error=\"invalid_token\"", "{why}");
        }
        for table in ["leaf", "pending_leaf"] {
            *before.get_mut(table).unwrap() += 2;
        }
        assert_eq!(world.counts().await, before, "{why}");
    }
    let honest = forge::sign(&forge::header(), &forge::claims(&["clerk", "juggler"], STREET, "clerk-1"));
    world.post("/v1/fast-track", &honest, &body).once().send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_is_read() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = || world.ask(Method::POST, "/v1/fast-track").once();
    let body = case(STREET, 60_000);
    let asks = vec![
        ("none", ask().json(&body)),
        ("basic", ask().header("authorization", "Basic YTpi").json(&body)),
        ("empty", ask().header("authorization", "Bearer ").json(&body)),
        ("not even a body", ask().bytes(b"{".to_vec())),
    ];

    let before = world.counts().await;
    for (why, ask) in asks {
        let answer = ask.send().await;
        problem(&answer, 401, "UNAUTHENTICATED", why);
        assert!(answer.headers.get("www-authenticate").unwrap().to_str().unwrap().starts_with("Bearer"), "{why}");
    }
    for (table, rows) in world.counts().await {
        assert!(table.contains("leaf") || rows == before[&table], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_role_is_refused_before_the_body_is_read() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    for role in [Role::Cashier, Role::Hospital, Role::Finance, Role::Auditor, Role::Admin] {
        let mut before = world.counts().await;
        let token = world.token(&[role], STREET, "officer-9");
        let ask = world.ask(Method::POST, "/v1/fast-track").by(&token).bytes(b"{".to_vec());
        problem(&ask.send().await, 403, "FORBIDDEN", role.as_str());
        for table in ["leaf", "pending_leaf"] {
            *before.get_mut(table).unwrap() += 1;
        }
        assert_eq!(world.counts().await, before, "{role:?}");
    }
}
