//! `Idempotency-Key`: needed once, of one officer, for one request.

use jiujinan::actor::Role;
use serde_json::json;

use crate::bad_input::rejected;
use crate::world::{Ask, STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_needed_once_and_within_255_characters() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let bare = || world.post("/v1/fast-track", &world.clerk(STREET), &case(STREET, 60_000));
    let reason = json!({"reason": "盘点"});
    let freeze = world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &reason);
    let missing = vec![("none".into(), bare()), ("empty".into(), bare().key("")), ("a fund's".into(), freeze)];
    rejected(&world, missing, 400, "KEY_MISSING").await;

    let wrong = ["k".repeat(256), "\"\"".into(), "\"open".into(), "a\tb".into(), "\"a\";v=1".into()];
    let mut asks: Vec<(String, Ask)> = wrong.iter().map(|key| (key.clone(), bare().key(key))).collect();
    asks.push(("two".into(), bare().key("one").key("two")));
    asks.push(("the same twice".into(), bare().key("one").key("one")));
    rejected(&world, asks, 400, "VALIDATION").await;

    bare().key(&"k".repeat(255)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_officer_and_one_route() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let other = world.token(&[Role::Clerk], STREET, "clerk-2");
    world.post("/v1/fast-track", &world.clerk(STREET), &case(STREET, 60_000)).key("1").send().await.expect(201);

    world.post("/v1/fast-track", &other, &case(STREET, 60_000)).key("1").send().await.expect(201);
    let report = json!({"cause": "fire", "place": "某处", "occurred_at": "2026-11-20T21:40:00+08:00"});
    world.post("/v1/incidents", &other, &report).key("1").send().await.refused(422, "KEY_REUSED");

    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 120_000);
    world.check_invariants().await;
}
