//! `POST /v1/fast-track`: which fund pays, which incident can be named, and where a window may act.

use jiujinan::actor::Role;
use serde_json::json;

use crate::world::{OTHER_STREET, STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn a_named_fund_pays_when_its_division_holds_the_case() {
    let world = World::new().await;
    let street = world.fund(STREET, 2_000_000).await;
    let district = world.fund("340303", 500_000).await;
    let mut body = case(STREET, 60_000);
    body["fund_id"] = json!(district);

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!((paid.at("/fund/id"), paid.fen("/fund/available_fen")), (json!(district), 440_000));
    assert_eq!(world.fund_now(&street).await.fen("/available_fen"), 2_000_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reserve_of_the_street_pays_for_its_communities() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;

    let paid = world.fast_track(&case("340303001002", 60_000)).send().await.expect(201);

    assert_eq!(paid.at("/fund/id"), fund);
    assert!(paid.text_at("/case/number").starts_with("JJN-340303001-"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_fund_pays() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let foreign = world.fund(OTHER_STREET, 2_000_000).await;
    let emergency = json!({"division": "3403", "kind": "emergency_treatment", "name": "疾病应急救助基金", "target_fen": 0});
    let emergency = world.post("/v1/funds", &world.finance(), &emergency).once().send().await.expect(201).text_at("/id");
    world.top_up(&emergency, 1_000_000).await.expect(201);
    let before = world.counts().await;

    for fund in [foreign, emergency, uuid::Uuid::now_v7().to_string()] {
        let mut body = case(STREET, 60_000);
        body["fund_id"] = json!(fund);
        world.fast_track(&body).send().await.refused(404, "NOT_FOUND");
    }
    world.fast_track(&case("340303002", 60_000)).send().await.refused(404, "NOT_FOUND");

    assert_eq!(world.counts().await["aid_case"], before["aid_case"]);
    assert_eq!(world.counts().await["entry"], before["entry"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_outside_the_scope_is_not_found_and_the_try_is_recorded() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut before = world.counts().await;

    let clerk = world.clerk(OTHER_STREET);
    world.post("/v1/fast-track", &clerk, &case(STREET, 60_000)).once().send().await.refused(404, "NOT_FOUND");

    for table in ["leaf", "pending_leaf"] {
        *before.get_mut(table).unwrap() += 1;
    }
    assert_eq!(world.counts().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_serves_its_own_windows_only() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    world.fund(OTHER_STREET, 2_000_000).await;
    let report = json!({"cause": "fire", "place": "某处", "occurred_at": "2026-11-20T21:40:00+08:00"});
    let report = |division: &str| {
        let clerk = world.token(&[Role::Clerk], division, "reporter");
        world.post("/v1/incidents", &clerk, &report).once()
    };
    let foreign = report(OTHER_STREET).send().await.expect(201).text_at("/id");
    let county = report("340303").send().await.expect(201).text_at("/id");
    let named = |id: &str| {
        let mut body = case(STREET, 60_000);
        body["incident"] = json!({"id": id});
        world.fast_track(&body)
    };

    named(&foreign).send().await.refused(404, "NOT_FOUND");
    named(&uuid::Uuid::now_v7().to_string()).send().await.refused(404, "NOT_FOUND");
    named(&county).send().await.expect(201);

    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_incident_serves_its_reporter_only() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["sealed"] = json!(true);
    let sealed = world.fast_track(&body).send().await.expect(201);
    let mut other = case(STREET, 60_000);
    other["incident"] = json!({"id": sealed.text_at("/case/incident_id")});

    let colleague = world.token(&[Role::Clerk], STREET, "clerk-2");
    world.post("/v1/fast-track", &colleague, &other).once().send().await.refused(404, "NOT_FOUND");

    world.fast_track(&other).send().await.expect(201);
    world.check_invariants().await;
}
