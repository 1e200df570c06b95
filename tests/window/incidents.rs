//! `/v1/incidents`: place, time and cause, reported before or with a case.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case};

fn fire() -> Value {
    json!({"cause": "fire", "place": "蚌山区某小区3幢", "occurred_at": "2026-11-20T21:40:00+08:00"})
}

async fn reported(world: &World) -> Answer {
    world.post("/v1/incidents", &world.clerk(STREET), &fire()).once().send().await.expect(201)
}

fn change(world: &World, id: &str, if_match: &str, body: &Value) -> Ask {
    world.ask(Method::PATCH, &format!("/v1/incidents/{id}")).by(&world.clerk(STREET)).header("if-match", if_match).json(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_reported_and_read() {
    let world = World::new().await;

    let reported = reported(&world).await;

    let path = format!("/v1/incidents/{}", reported.text_at("/id"));
    let seen = world.get(&path, &world.clerk(STREET)).await.expect(200);
    assert_eq!((seen.at("/cause"), seen.at("/division"), seen.at("/ended_on")), (json!("fire"), json!(STREET), Value::Null));
    assert_eq!((seen.at("/place"), seen.at("/occurred_at")), (fire()["place"].clone(), fire()["occurred_at"].clone()));
    assert_eq!(seen.headers.get("etag").unwrap(), "\"1\"");
    assert!(!reported.text.contains("某小区"), "a stored answer holds nobody's address: {}", reported.text);
    world.get(&path, &world.clerk(OTHER_STREET)).await.refused(404, "NOT_FOUND");
    world.get(&path, &world.auditor()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_is_one_incident() {
    let world = World::new().await;
    let ask = world.post("/v1/incidents", &world.clerk(STREET), &fire()).once();

    let (one, other) = tokio::join!(ask.clone().send(), ask.clone().send());

    assert_eq!((one.expect(201).text, world.count("incident").await), (other.expect(201).text, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_incident_moves_the_deadline_of_its_cases() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut report = fire();
    report["occurred_at"] = json!("2026-09-25T12:00:00+08:00");
    let id = world.post("/v1/incidents", &world.clerk(STREET), &report).once().send().await.expect(201).text_at("/id");

    let changed = change(&world, &id, "\"1\"", &json!({"ended_on": "2026-09-30"})).send().await.expect(200);

    assert_eq!((changed.at("/ended_on"), changed.fen("/version")), (json!("2026-09-30"), 2));
    assert_eq!(changed.headers.get("etag").unwrap(), "\"2\"");
    let mut body = case(STREET, 100_000);
    body["incident"] = json!({"id": id});
    let paid = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);
    assert_eq!(paid.at("/case/completion_due"), "2026-10-20");
    let removed = change(&world, &id, "\"2\"", &json!({"ended_on": null})).send().await.expect(200);
    assert_eq!(removed.at("/ended_on"), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_does_not_change_stale() {
    let world = World::new().await;
    let id = reported(&world).await.text_at("/id");
    let body = json!({"cause": "accident"});

    for stale in ["\"2\"", "*", "W/\"1\""] {
        change(&world, &id, stale, &body).send().await.refused(412, "PRECONDITION_FAILED");
    }
    change(&world, &id, "\"1\"", &body).send().await.expect(200);
    change(&world, &id, "\"1\"", &body).send().await.refused(412, "PRECONDITION_FAILED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_does_not_change_unread() {
    let world = World::new().await;
    let id = reported(&world).await.text_at("/id");

    let unread = world.ask(Method::PATCH, &format!("/v1/incidents/{id}")).by(&world.clerk(STREET));
    unread.json(&json!({"cause": "accident"})).send().await.refused(428, "PRECONDITION_REQUIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_changes_within_reason_and_scope() {
    let world = World::new().await;
    let id = reported(&world).await.text_at("/id");

    for wrong in [
        json!({"ended_on": "2026-11-19"}),
        json!({"ended_on": "2999-01-01"}),
        json!({"occurred_at": "2999-01-01T00:00:00+08:00"}),
        json!({"cause": "flood"}),
        json!({"place": ""}),
        json!({"place": "a\u{0}b"}),
        json!({"division": STREET}),
    ] {
        change(&world, &id, "\"1\"", &wrong).send().await.expect(400);
    }
    let foreign = world.clerk(OTHER_STREET);
    let ask = world.ask(Method::PATCH, &format!("/v1/incidents/{id}")).by(&foreign).header("if-match", "\"1\"");
    ask.json(&json!({"cause": "accident"})).send().await.refused(404, "NOT_FOUND");
    let finance = world.ask(Method::PATCH, &format!("/v1/incidents/{id}")).by(&world.finance()).header("if-match", "\"1\"");
    finance.json(&json!({"cause": "accident"})).send().await.refused(403, "FORBIDDEN");
    assert_eq!(world.get(&format!("/v1/incidents/{id}"), &world.clerk(STREET)).await.fen("/version"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_incident_of_a_sealed_case_is_shown_to_its_reporter_and_auditors() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["sealed"] = json!(true);
    let id = world.fast_track(&body).send().await.expect(201).text_at("/case/incident_id");
    let path = format!("/v1/incidents/{id}");

    let colleague = world.token(&[Role::Clerk], STREET, "clerk-2");
    world.get(&path, &colleague).await.refused(404, "NOT_FOUND");
    let ask = world.ask(Method::PATCH, &path).by(&colleague).header("if-match", "\"1\"");
    ask.json(&json!({"cause": "fire"})).send().await.refused(404, "NOT_FOUND");

    world.get(&path, &world.clerk(STREET)).await.expect(200);
    world.get(&path, &world.auditor()).await.expect(200);
}
