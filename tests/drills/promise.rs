//! Promises outlive the key that signed them, and anybody can check one with the published keys and a script.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiujinan::rail::OwnKey;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::home::Home;
use crate::load::client;
use crate::process::Process;
use crate::waiver::{city, eventually, get, register};
use crate::world::{Ask, HOSPITAL, OTHER_HOSPITAL};

async fn start(home: &Home, url: &str, keys: &Path) -> Process {
    Process::serve(home, url, &["--promise-keys", keys.to_str().unwrap()]).await
}

async fn promise(home: &Home, server: &Process, member: &str) -> String {
    let body = json!({
        "id_type": "resident_id", "id_no": member, "name": "测试人", "stay": "inpatient", "visit_no": format!("V-{member}")
    });
    let ask = Ask::new(&client(), Method::POST, format!("http://{}/v1/waivers", server.address));
    ask.by(&home.billing(HOSPITAL)).json(&body).once().send().await.expect(201).text_at("/promise")
}

fn part(promise: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(promise.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// The published keys as a file, and their ids.
async fn published(home: &Home, server: &Process) -> (PathBuf, Vec<String>) {
    let path = home.path().join("published.json");
    let keys = get(server.address, "/.well-known/jwks.json", "").await.expect(200);
    std::fs::write(&path, &keys.text).unwrap();
    let ids = keys.at("/keys").as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    (path, ids)
}

/// What the script says: its exit code, and the claims or the complaint.
async fn checked(jwks: &Path, promise: &str, more: &[&str]) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/integrator/check_promise.py");
    let mut command = Command::new("python3");
    command.arg("-B").arg("-I").arg(script).arg("--jwks").arg(jwks).args(more).stdin(Stdio::null());
    if !more.contains(&"--aud") {
        command.args(["--aud", HOSPITAL]);
    }
    let ran = command.arg(promise).output().await.expect("python3 is there");
    let said = if ran.status.success() { ran.stdout } else { ran.stderr };
    (ran.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_outlives_its_key_and_is_checked_by_a_script_with_the_published_keys() {
    let home = Home::new("promise");
    let (url, members) = city(&home).await;
    let keys = home.path().join("promises");
    std::fs::create_dir(&keys).unwrap();
    OwnKey::open_or_make(&keys.join("promise-2026.pem")).unwrap();
    let server = start(&home, &url, &keys).await;
    register(&home, &server, &members).await;
    let known = async || {
        let ask = Ask::new(&client(), Method::POST, format!("http://{}/v1/waivers/check", server.address));
        let body = json!({"id_type": "resident_id", "id_no": members[0], "name": "测试人", "stay": "inpatient"});
        ask.by(&home.billing(HOSPITAL)).json(&body).send().await.text_at("/answer") == "WAIVED"
    };
    eventually("the hospital is known", known).await;
    let old = promise(&home, &server, &members[0]).await;
    let (jwks, ids) = published(&home, &server).await;
    assert_eq!(ids, [part(&old, 0)["kid"].as_str().unwrap()]);
    server.stop().await;

    // Rotated: the new key signs, both are published; then of the old one only its public half is left.
    OwnKey::open_or_make(&keys.join("promise-2027.pem")).unwrap();
    let server = start(&home, &url, &keys).await;
    let new = promise(&home, &server, &members[1]).await;
    let (_, both) = published(&home, &server).await;
    assert_eq!(both, [&ids[..], &[part(&new, 0)["kid"].as_str().unwrap().to_owned()]].concat());
    assert_ne!(both[0], both[1]);
    server.stop().await;
    std::fs::remove_file(keys.join("promise-2026.pem")).unwrap();
    let server = start(&home, &url, &keys).await;
    assert_eq!(published(&home, &server).await.1, both, "a retired key stays published");
    for promise in [&old, &new] {
        let (code, said) = checked(&jwks, promise, &[]).await;
        assert_eq!(code, 0, "{said}");
        let claims: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(claims, part(promise, 1));
    }
    server.stop().await;
    refuses(&home, &jwks, &new).await;
}

/// What is no promise to this hospital is none.
async fn refuses(home: &Home, jwks: &Path, good: &str) {
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |at: usize, name: &str, value: Value| {
        let mut changed = part(good, at);
        changed[name] = value;
        if at == 0 {
            format!("{}.{claims}.{signature}", encoded(&changed))
        } else {
            format!("{header}.{}.{signature}", encoded(&changed))
        }
    };
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let resigned = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(bytes))
    };
    let forged = [
        with(1, "deposit_fen", json!(1)),
        with(1, "aud", json!(OTHER_HOSPITAL)),
        with(0, "alg", json!("none")),
        with(0, "alg", json!("HS256")),
        with(0, "typ", json!("at+jwt")),
        with(0, "kid", json!("other")),
        resigned(&|bytes| bytes[0] ^= 1),
        resigned(&|bytes| bytes[40] ^= 1),
        resigned(&|bytes| bytes.truncate(63)),
        resigned(&|bytes| bytes.clear()),
        // The same signature in other words: S + L (RFC 8032 §5.1.7 refuses it).
        resigned(&|bytes| {
            let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
            let mut carry = 0;
            for (byte, more) in bytes[32..].iter_mut().zip(order) {
                let sum = u16::from(*byte) + u16::from(more) + carry;
                (*byte, carry) = ((sum & 0xff) as u8, sum >> 8);
            }
        }),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}=="),
        "..".into(),
        String::new(),
    ];
    for promise in &forged {
        let (code, said) = checked(jwks, promise, &[]).await;
        assert!(code == 1 && said.starts_with("refused: "), "{promise}: {code} {said}");
    }
    let (iat, exp) = (part(good, 1)["iat"].as_i64().unwrap(), part(good, 1)["exp"].as_i64().unwrap());
    for (more, wanted) in [
        (["--now", &(exp + 59).to_string()], None),
        (["--now", &(exp + 60).to_string()], Some("the longest stay is over")),
        (["--now", &(iat - 61).to_string()], Some("promised in the future")),
        (["--aud", OTHER_HOSPITAL], Some("promised to another hospital")),
        (["--iss", "urn:other:waiver"], Some("another issuer")),
    ] {
        let (code, said) = checked(jwks, good, &more).await;
        assert!(code == i32::from(wanted.is_some()) && said.contains(wanted.unwrap_or("visit_no")), "{more:?}: {code} {said}");
    }
    // Keys of another house.
    let other = OwnKey::open_or_make(&home.path().join("other.pem")).unwrap().peer();
    let text = std::fs::read_to_string(jwks).unwrap();
    let keys: Value = serde_json::from_str(&text).unwrap();
    let foreign = home.path().join("foreign.json");
    for kid in [json!(other.id()), part(good, 0)["kid"].clone()] {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": keys["keys"][0]["x"]});
        std::fs::write(&foreign, json!({ "keys": [key] }).to_string()).unwrap();
        let (code, said) = checked(&foreign, good, &[]).await;
        assert!(code == 1 && said.starts_with("refused: "), "{code} {said}");
    }
    std::fs::write(&foreign, "{").unwrap();
    assert_eq!(checked(&foreign, good, &[]).await.0, 2);
}
