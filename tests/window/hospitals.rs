//! Hospitals: what was agreed with them, from which day on.

use jiujinan::actor::Role;
use jiujinan::server::seed::HOSPITAL;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Ask, OTHER_STREET, STREET, World, until};

const OTHER_HOSPITAL: &str = "11430682006378338L";

fn terms(deposits: &Value) -> Value {
    json!({
        "name": "市一院", "division": STREET,
        "discounts": {"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30},
        "deposits": deposits
    })
}

fn admin(world: &World) -> String {
    world.token(&[Role::Admin], "3403", "admin-1")
}

fn put(world: &World, code: &str, body: &Value) -> Ask {
    world.ask(Method::PUT, &format!("/v1/hospitals/{code}")).by(&admin(world)).json(body)
}

/// Leaves of registrations.
async fn registrations(world: &World) -> i64 {
    let sql = "select count(*) from leaf where convert_from(bytes, 'UTF8') like '%\"kind\":\"hospital.registered\"%'";
    world.database.client().await.query_one(sql, &[]).await.unwrap().get(0)
}

async fn today(world: &World) -> String {
    world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_is_registered_and_changed_from_a_day_on() {
    let world = World::new().await;
    let first = terms(&json!({"default": 190_000, "K35": 250_000}));
    let registered = put(&world, HOSPITAL, &first).send().await.expect(201);
    assert_eq!((registered.fen("/version"), registered.text_at("/effective_from")), (1, today(&world).await));
    assert_eq!((registered.text_at("/code"), registered.fen("/deposits/K35")), (HOSPITAL.into(), 250_000));
    assert_eq!(registered.headers.get("etag").unwrap(), "\"1\"");

    // The same again is the same.
    assert_eq!(put(&world, HOSPITAL, &first).send().await.expect(200).text, registered.text);
    assert_eq!((world.count("hospital").await, registrations(&world).await), (1, 1));

    // Another from the same day on, and one from later on: history stays.
    let second = terms(&json!({"default": 200_000}));
    assert_eq!(put(&world, HOSPITAL, &second).send().await.expect(200).fen("/version"), 2);
    let mut third = second.clone();
    third["effective_from"] = json!("2999-12-31");
    third["discounts"]["drugs"] = json!(0);
    assert_eq!(put(&world, HOSPITAL, &third).send().await.expect(200).fen("/version"), 3);
    let newest = world.get(&format!("/v1/hospitals/{HOSPITAL}"), &world.auditor()).await.expect(200);
    assert_eq!((newest.fen("/version"), newest.fen("/discounts/drugs")), (3, 0));
    let history = "select string_agg(version || ' ' || drugs || ' ' || deposits, '; ' order by version) from hospital";
    let expected = "1 5 {\"K35\":250000,\"default\":190000}; 2 5 {\"default\":200000}; 3 0 {\"default\":200000}";
    assert_eq!(world.sql_text(history).await, expected);

    // What lies in the past is not changed; the first terms of another hospital may begin there.
    let mut late = second.clone();
    late["effective_from"] = json!("2026-01-01");
    put(&world, HOSPITAL, &late).send().await.refused(400, "VALIDATION");
    put(&world, OTHER_HOSPITAL, &late).send().await.expect(201);
    assert_eq!(put(&world, OTHER_HOSPITAL, &late).send().await.expect(200).fen("/version"), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_the_version_changes_no_other() {
    let world = World::new().await;
    let body = |fen: i64| terms(&json!({"default": fen}));
    put(&world, HOSPITAL, &body(1)).header("if-match", "\"1\"").send().await.refused(412, "PRECONDITION_FAILED");
    put(&world, HOSPITAL, &body(1)).send().await.expect(201);
    put(&world, HOSPITAL, &body(2)).header("if-match", "\"1\"").send().await.expect(200);
    put(&world, HOSPITAL, &body(3)).header("if-match", "\"1\"").send().await.refused(412, "PRECONDITION_FAILED");
    assert_eq!(world.count("hospital").await, 2);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_at_once_get_a_version_each_and_both_servers_know_them() {
    let world = World::new().await;
    let other = world.another_server().await;
    put(&world, HOSPITAL, &terms(&json!({"default": 0}))).send().await.expect(201);
    let ask = |fen: i64| put(&world, HOSPITAL, &terms(&json!({"default": fen})));
    let sent = [ask(1).send(), ask(2).at(&other).send(), ask(3).send(), ask(4).at(&other).send()];
    let mut versions: Vec<i64> =
        futures_util::future::join_all(sent).await.into_iter().map(|answer| answer.expect(200).fen("/version")).collect();
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5]);
    for server in [&world.server, &other] {
        let known = async || world.figure(server, "jiujinan_hospital_registrations").await == Some(5);
        until("the registrations are known", known).await;
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_sees_itself_and_no_other() {
    let world = World::new().await;
    for code in [HOSPITAL, OTHER_HOSPITAL] {
        put(&world, code, &terms(&json!({"default": 0}))).send().await.expect(201);
    }
    let hospital = world.token(&[Role::Hospital], "3403", "his-1");
    let path = |code: &str| format!("/v1/hospitals/{code}");
    world.get(&path(HOSPITAL), &hospital).await.expect(200);
    world.get(&path(OTHER_HOSPITAL), &hospital).await.refused(404, "NOT_FOUND");
    world.get(&path(OTHER_HOSPITAL), &world.token(&[Role::Hospital, Role::Auditor], "3403", "both")).await.expect(200);
    world.get(&path(OTHER_HOSPITAL), &world.token(&[Role::Auditor], OTHER_STREET, "auditor-2")).await.refused(404, "NOT_FOUND");
    for nothing in ["1144150000724047XL", "11341729003258285E", "x"] {
        world.get(&path(nothing), &world.auditor()).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_of_another_place_neither_changes_nor_takes_over_a_hospital() {
    let world = World::new().await;
    put(&world, HOSPITAL, &terms(&json!({"default": 0}))).send().await.expect(201);
    let foreign = world.token(&[Role::Admin], OTHER_STREET, "admin-2");
    let mut here = terms(&json!({"default": 5}));
    let ask = |body: &Value| world.ask(Method::PUT, &format!("/v1/hospitals/{HOSPITAL}")).by(&foreign).json(body);
    ask(&here).send().await.refused(404, "NOT_FOUND");
    here["division"] = json!(OTHER_STREET);
    ask(&here).send().await.refused(404, "NOT_FOUND");
    assert_eq!(world.count("hospital").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_registration_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let good = terms(&json!({"default": 0}));
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let without = |member: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(member);
        body
    };
    let many: serde_json::Map<_, _> = (0..500).map(|number| (format!("D{number}"), json!(1))).collect();
    let mut too_many = Value::Object(many);
    too_many["default"] = json!(1);
    let mut odd_day = good.clone();
    odd_day["effective_from"] = json!("2026-1-1");
    let bodies = [
        with("/name", json!("")),
        with("/division", json!("340399")),
        with("/division", json!("34")),
        with("/discounts/registration", json!(101)),
        with("/discounts/bed", json!(-1)),
        with("/discounts/drugs", json!(5.5)),
        with("/discounts/drugs", json!("5")),
        with("/discounts", json!({"registration": 1})),
        with("/deposits", json!({})),
        with("/deposits", json!({"K35": 1})),
        with("/deposits", json!({"default": -1})),
        with("/deposits", json!({"default": 1_000_000_000_001i64})),
        with("/deposits", json!({"default": 1, "": 1})),
        with("/deposits", json!({"default": 1, "\u{0}": 1})),
        with("/deposits", too_many),
        without("name"),
        without("division"),
        without("discounts"),
        without("deposits"),
        odd_day,
        json!([]),
    ];
    for body in &bodies {
        put(&world, HOSPITAL, body).send().await.refused(400, "VALIDATION");
    }
    for code in ["11341729003258285E", "1134172900325828", "x"] {
        put(&world, code, &good).send().await.refused(400, "VALIDATION");
    }
    assert_eq!((world.count("hospital").await, registrations(&world).await), (0, 0));
    let mut five_hundred: serde_json::Map<_, _> = (0..499).map(|number| (format!("D{number}"), json!(1))).collect();
    five_hundred.insert("default".into(), json!(0));
    put(&world, HOSPITAL, &terms(&Value::Object(five_hundred))).send().await.expect(201);
}
