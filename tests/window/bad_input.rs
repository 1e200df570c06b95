//! What is malformed, forged or too much: a problem document each, never a 5xx, and nothing left behind.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, World, account, case, person};

/// A problem document that names the status it has and repeats nothing of the request.
pub fn problem(answer: &Answer, status: u16, code: &str, why: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{why}: {}", answer.text);
    assert_eq!(answer.headers.get("content-type").unwrap(), "application/problem+json", "{why}");
    assert_eq!(answer.at("/status"), status, "{why}");
    for member in ["type", "title", "detail", "instance", "trace_id"] {
        assert!(answer.at(&format!("/{member}")).is_string(), "{why} {member}: {}", answer.text);
    }
    assert!(answer.at("/retryable").is_boolean(), "{why}");
}

/// Sends what must be refused before anything is decided: every table stays as it is.
pub async fn rejected(world: &World, asks: Vec<(String, Ask)>, status: u16, code: &str) -> Vec<Answer> {
    let before = world.counts().await;
    let mut answers = Vec::new();
    for (why, ask) in asks {
        let answer = ask.send().await;
        problem(&answer, status, code, &why);
        answers.push(answer);
    }
    assert_eq!(world.counts().await, before);
    answers
}

/// The body of a good case with one member set.
pub fn with(pointer: &str, value: Value) -> Value {
    let mut body = case(STREET, 60_000);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.insert(name.to_owned(), value)),
        list => list[name.parse::<usize>().unwrap()] = value,
    }
    body
}

fn raw(world: &World, body: &[u8]) -> Ask {
    let ask = world.ask(Method::POST, "/v1/fast-track").by(&world.clerk(STREET)).once();
    ask.bytes(body.to_vec()).header("content-type", "application/json")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let good = case(STREET, 60_000).to_string();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: [&[u8]; 14] = [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b"\"text\"",
        b"1",
        b"{\"division\": NaN}",
        b"{'division': 1}",
        b"\xff\xfe{}",
        b"{\"division\": \"\xc3\x28\"}",
        &good.as_bytes()[..good.len() - 1],
        deep.as_bytes(),
        b"{\"division\": \"\\ud800\"}",
    ];
    let mut asks: Vec<(String, Ask)> =
        bodies.iter().map(|body| (String::from_utf8_lossy(body).chars().take(40).collect(), raw(&world, body))).collect();
    asks.push(("two documents".into(), raw(&world, format!("{good}{good}").as_bytes())));
    asks.push(("a comment".into(), raw(&world, format!("{good}// x").as_bytes())));
    asks.push(("a member twice".into(), raw(&world, good.replacen('{', "{\"requested_fen\":1,", 1).as_bytes())));

    rejected(&world, asks, 400, "VALIDATION").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let large = with("/need", json!("a".repeat(70_000))).to_string();
    let huge = vec![b' '; 4 * 1024 * 1024];
    let asks = vec![("a little".into(), raw(&world, large.as_bytes())), ("much".into(), raw(&world, &huge))];

    rejected(&world, asks, 413, "PAYLOAD_TOO_LARGE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_another_kind_are_refused_where_they_stand() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let cases = [
        ("/division", json!(340_303_001)),
        ("/division", json!("340303")),
        ("/division", json!("3403030011")),
        ("/division", json!("340399001")),
        ("/division", json!("999999999")),
        ("/division", json!("340303001\n")),
        ("/incident", json!([])),
        ("/applicant", json!(["resident_id", "340303188003041985", "测试人"])),
        ("/incident", json!("fire")),
        ("/incident/cause", json!("flood")),
        ("/incident/cause", json!("Fire")),
        ("/incident/place", json!("")),
        ("/incident/place", json!("a".repeat(201))),
        ("/incident/occurred_at", json!("2026-11-20")),
        ("/incident/occurred_at", json!("2026-11-20T21:40:00")),
        ("/incident/occurred_at", json!("2026-02-30T21:40:00+08:00")),
        ("/incident/occurred_at", json!("2999-11-20T21:40:00+08:00")),
        ("/incident/occurred_at", json!("0001-11-20T21:40:00+08:00")),
        ("/incident/occurred_at", json!(1_764_000_000)),
        ("/incident/ended_on", json!("2026-11-19")),
        ("/incident/ended_on", json!("2026-13-01")),
        ("/incident/id", json!("not-a-uuid")),
        ("/applicant", json!(null)),
        ("/applicant/id_type", json!("driving_licence")),
        ("/applicant/name", json!("")),
        ("/applicant/name", json!(" 张三")),
        ("/applicant/name", json!("12345")),
        ("/applicant/name", json!("张".repeat(65))),
        ("/applicant/phone", json!("call me")),
        ("/applicant/residence", json!("abroad")),
        ("/household", json!({})),
        ("/household", json!(null)),
        ("/requested_fen", json!("60000")),
        ("/requested_fen", json!(null)),
        ("/requested_fen", json!(true)),
        ("/need", json!(5)),
        ("/need", json!("")),
        ("/need", json!("a".repeat(501))),
        ("/sealed", json!("yes")),
        ("/sealed", json!(1)),
        ("/fund_id", json!("1")),
        ("/payments", json!("cash")),
        ("/payments", json!([])),
        ("/payments/0/method", json!("cheque")),
        ("/payments/0/amount_fen", json!("1")),
        ("/payments/0/account", json!("6217000000000001")),
        ("/payments/0/received_by", json!("nobody")),
        ("/payments/0/signature_ref", json!("a".repeat(129))),
        ("/payments/0/hospital", json!("11341729003258285D")),
    ];
    let clerk = world.clerk(STREET);
    let asks = cases.iter().map(|(pointer, value)| {
        let why = format!("{pointer} {value}").chars().take(80).collect();
        (why, world.post("/v1/fast-track", &clerk, &with(pointer, value.clone())).once())
    });

    let answers = rejected(&world, asks.collect(), 400, "VALIDATION").await;

    for ((pointer, value), answer) in cases.iter().zip(&answers) {
        let found = answer.text_at("/errors/0/pointer");
        assert_eq!(&found, pointer, "{value}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_missing_members_are_refused_by_name() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let unknown = ["/note", "/as_of", "/applicant/age", "/incident/weather", "/payments/0/currency"];
    let missing = ["/division", "/incident", "/applicant", "/requested_fen", "/payments", "/applicant/id_no", "/incident/place"];
    let without = |pointer: &str| {
        let mut body = case(STREET, 60_000);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        body
    };
    let asks = unknown.iter().map(|pointer| ((*pointer).to_owned(), world.fast_track(&with(pointer, json!("2026-01-01")))));
    let token = world.clerk(STREET);
    let asks = asks.chain(
        missing.iter().map(|pointer| ((*pointer).to_owned(), world.post("/v1/fast-track", &token, &without(pointer)).once())),
    );

    let answers = rejected(&world, asks.collect(), 400, "VALIDATION").await;

    for (pointer, answer) in unknown.iter().chain(&missing).zip(&answers) {
        assert_eq!(answer.at("/errors/0/pointer"), **pointer, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_whole_fen_from_one_to_a_million_million() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let fund = world.fund("340303002", 0).await;
    let good = case(STREET, 60_000).to_string();
    let amounts = [
        "0",
        "-0",
        "-1",
        "0.5",
        "600.00",
        "6e4",
        "1000000000001",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1e400",
        "1e-400",
    ];
    let mut asks = Vec::new();
    for amount in amounts {
        asks.push((amount.to_owned(), raw(&world, good.replace("60000", amount).as_bytes())));
        let cash = format!("\"cash\",\"amount_fen\":{amount}");
        asks.push((format!("payment {amount}"), raw(&world, good.replace("\"cash\"", &cash).as_bytes())));
        let top_up = format!("{{\"amount_fen\":{amount}}}");
        let ask = world.ask(Method::POST, &format!("/v1/funds/{fund}/topups")).by(&world.finance()).once();
        asks.push((format!("top-up {amount}"), ask.bytes(top_up.into_bytes()).header("content-type", "application/json")));
    }
    assert!(good.contains("60000") && good.contains("\"cash\""));

    rejected(&world, asks, 400, "VALIDATION").await;

    let most = json!({"amount_fen": 1_000_000_000_000i64});
    let path = format!("/v1/funds/{fund}/topups");
    world.post(&path, &world.finance(), &most).once().send().await.expect(201);
    let most = world.fast_track(&case(STREET, 1_000_000_000_000)).send().await.expect(201);
    assert_eq!(most.fen("/decision/granted_fen"), 78_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_do_not_add_up_are_refused() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let cash = |fen: i64| json!({"method": "cash", "amount_fen": fen});
    let open = json!({"method": "cash"});
    let bank = |account: Value, name: Value| json!({"method": "bank", "account": account, "account_name": name});
    let payments = [
        json!([cash(60_001)]),
        json!([cash(30_000), cash(30_001)]),
        json!([cash(1_000_000_000_000), cash(1_000_000_000_000)]),
        json!([open, cash(1)]),
        json!([open, open]),
        json!(vec![cash(1); 9]),
        json!([{"method": "bank"}]),
        json!([bank(json!("62170000"), Value::Null)]),
        json!([bank(Value::Null, json!("张三"))]),
        json!([bank(json!("62 17"), json!("张三"))]),
        json!([bank(json!("6217000000000001"), json!("\u{0}"))]),
        json!([{"method": "hospital"}]),
        json!([{"method": "hospital", "hospital": "11341729003258285"}]),
        json!([{"method": "goods", "received_by": "payee"}]),
    ];
    let asks = payments.iter().map(|payments| (payments.to_string(), world.fast_track(&with("/payments", payments.clone()))));

    rejected(&world, asks.collect(), 400, "VALIDATION").await;

    world.fast_track(&with("/payments", json!(vec![cash(7_500); 8]))).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_is_told_at_once() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["applicant"]["id_no"] = json!("340303188003042985");
    body["applicant"]["phone"] = json!("x");
    body["household"] = json!([{"id_type": "resident_id", "id_no": "1", "name": "家人", "relation": "spouse"}]);

    let answers = rejected(&world, vec![("three".into(), world.fast_track(&body))], 400, "VALIDATION").await;

    let errors = answers[0].at("/errors");
    let pointers: Vec<&Value> = errors.as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/applicant/id_no", "/applicant/phone", "/household/0/id_no"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_characters_are_refused_in_every_text() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut asks = Vec::new();
    for character in ["\u{0}", "\u{1}", "\n", "\u{1b}[31m", "\u{7f}", "\u{85}"] {
        let text = json!(format!("a{character}b"));
        for pointer in ["/incident/place", "/applicant/name", "/applicant/phone", "/need", "/payments/0/signature_ref"] {
            asks.push((format!("{pointer} {text}"), world.fast_track(&with(pointer, text.clone()))));
        }
        let mut transfer = case(STREET, 60_000);
        transfer["payments"] = json!([{"method": "bank", "account": account(), "account_name": text}]);
        asks.push((format!("account_name {text}"), world.fast_track(&transfer)));
        let member = json!([{"id_type": "resident_id", "id_no": person(), "name": "家人", "relation": text}]);
        asks.push((format!("relation {text}"), world.fast_track(&with("/household", member))));
    }

    rejected(&world, asks, 400, "VALIDATION").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_look_like_code_are_texts() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    for text in ["'; drop table fund; --", "<script>alert(1)</script>", "{{7*7}}", "%s%n", "../../etc/passwd", "😀 𠮷田"] {
        let mut body = with("/need", json!(text));
        body["incident"]["place"] = json!(text);
        let paid = world.fast_track(&body).send().await.expect(201);
        let path = format!("/v1/cases/{}", paid.text_at("/case/id"));
        let seen = world.get(&path, &world.clerk(STREET)).await.expect(200);
        assert_eq!(seen.at("/parties/0/need"), text);
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_content_types_are_refused() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let body = case(STREET, 60_000).to_string();
    let ask = || world.ask(Method::POST, "/v1/fast-track").by(&world.clerk(STREET)).once().bytes(body.clone().into_bytes());
    let kinds = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=gbk",
        "application/jsonp",
        "application/xml",
        "",
    ];
    let mut asks: Vec<(String, Ask)> =
        kinds.iter().map(|kind| ((*kind).to_owned(), ask().header("content-type", *kind))).collect();
    asks.push(("none".into(), ask()));
    let json = || ask().header("content-type", "application/json");
    asks.push(("two".into(), json().header("content-type", "application/json")));
    asks.push(("gzip".into(), json().header("content-encoding", "gzip")));

    rejected(&world, asks, 415, "UNSUPPORTED_MEDIA_TYPE").await;

    ask().header("content-type", "Application/JSON; charset=\"UTF-8\"").send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_where_nothing_is() {
    let world = World::new().await;
    let clerk = world.clerk(STREET);
    for path in ["/", "/v1", "/v1/", "/v1/cats", "/v2/fast-track", "/v1/funds/1", "/v1/incidents/x"] {
        problem(&world.get(path, &clerk).await, 404, "NOT_FOUND", path);
    }
    let delete = world.ask(Method::DELETE, "/v1/funds").by(&clerk).send().await;
    problem(&delete, 405, "METHOD_NOT_ALLOWED", "delete");
    let allow = delete.headers.get("allow").unwrap().to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_funds_are_read_as_strictly() {
    let world = World::new().await;
    let good = json!({"division": STREET, "kind": "street_reserve", "name": "备用金", "target_fen": 1});
    let edited = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let account = |number: &str| json!({"bank": "某银行", "number": number, "name": "某街道"});
    let bodies = [
        ("/division", edited("division", json!("34030"))),
        ("/kind", edited("kind", json!("piggy_bank"))),
        ("/name", edited("name", json!(""))),
        ("/name", edited("name", json!("a".repeat(101)))),
        ("/target_fen", edited("target_fen", json!(-1))),
        ("/target_fen", edited("target_fen", json!(1_000_000_000_001i64))),
        ("/target_fen", edited("target_fen", json!(1.5))),
        ("/limits/floor_fen", edited("limits", json!({"floor_fen": -1}))),
        ("/limits/case_cap_fen", edited("limits", json!({"case_cap_fen": "1"}))),
        ("/limits/day_cap_fen", edited("limits", json!({"day_cap_fen": 1}))),
        ("/account/number", edited("account", account("12345"))),
        ("/account/number", edited("account", account("1234 5678"))),
        ("/account/name", edited("account", json!({"bank": "某银行", "number": "12345678"}))),
        ("/subject_codes", edited("subject_codes", json!(vec!["1"; 17]))),
        ("/subject_codes/0", edited("subject_codes", json!(["a b"]))),
        ("/paid_fen", edited("paid_fen", json!(0))),
    ];
    let asks =
        bodies.iter().map(|(pointer, body)| ((*pointer).to_owned(), world.post("/v1/funds", &world.finance(), body).once()));

    let answers = rejected(&world, asks.collect(), 400, "VALIDATION").await;

    for ((pointer, body), answer) in bodies.iter().zip(&answers) {
        assert_eq!(answer.at("/errors/0/pointer"), **pointer, "{body}: {}", answer.text);
    }
}
