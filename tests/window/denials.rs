//! Denied accesses inside a decision: each leaves a leaf, whether what was named is there or not.

use jiujinan::actor::Role;
use serde_json::json;

use crate::world::{OTHER_STREET, STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn naming_somebody_elses_fund_or_incident_leaves_a_leaf() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let foreign = world.fund(OTHER_STREET, 2_000_000).await;
    let theirs = world.fast_track(&case(OTHER_STREET, 10_000)).send().await.expect(201).text_at("/case/incident_id");
    let nowhere = uuid::Uuid::now_v7().to_string();

    for (member, value) in [
        ("fund_id", json!(foreign)),
        ("fund_id", json!(nowhere)),
        ("incident", json!({"id": theirs})),
        ("incident", json!({"id": nowhere})),
    ] {
        let before = world.counts().await;
        let mut body = case(STREET, 10_000);
        body[member] = value;
        world.fast_track(&body).send().await.refused(404, "NOT_FOUND");
        let after = world.counts().await;
        assert_eq!((after["leaf"] - before["leaf"], after["aid_case"] - before["aid_case"]), (1, 0), "{member}");
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_nobody_else_signed_and_a_second_reserve_leave_a_leaf() {
    let world = World::new().await;
    let fund = world.fund(STREET, 0).await;
    let change = || {
        let body = json!({"name": "别名"});
        world
            .ask(reqwest::Method::PATCH, &format!("/v1/funds/{fund}"))
            .by(&world.finance())
            .json(&body)
            .header("if-match", "\"1\"")
    };
    let leaves = async || world.count("leaf").await;

    let before = leaves().await;
    change().send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    assert_eq!(leaves().await, before + 1);
    world.countersign_by(change(), &[Role::Approver], "3403", "finance-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    assert_eq!(leaves().await, before + 2);
    let second = json!({"division": STREET, "kind": "street_reserve", "name": "又一个", "target_fen": 0});
    world.post("/v1/funds", &world.finance(), &second).once().send().await.refused(409, "CONFLICT");
    assert_eq!(leaves().await, before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_street_without_a_fund_is_not_there_whatever_the_countersign() {
    let world = World::new().await;
    let ask = world.fast_track(&case(STREET, 10_000)).header("countersign", "no.such.token");
    ask.send().await.refused(404, "NOT_FOUND");
}
