//! `Countersign`: the signature of a second officer on one request.

use std::time::Duration;

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Ask, OTHER_STREET, STREET, World, case, forge};

/// A countersign with claims changed.
fn signed(ask: Ask, change: impl FnOnce(&mut Value)) -> Ask {
    let mut claims = forge::claims(&["approver"], "3403", "approver-1");
    claims["req"] = json!(ask.req());
    change(&mut claims);
    let token = forge::sign(&forge::header(), &claims);
    ask.header("countersign", token)
}

/// Refused as no countersign: a leaf and nothing else, and the key stays free.
async fn invalid(world: &World, ask: Ask, why: &str) {
    let mut before = world.counts().await;
    let answer = ask.send().await;
    assert_eq!((answer.status, answer.code()), (403, "COUNTERSIGN_INVALID".into()), "{why}: {}", answer.text);
    for table in ["leaf", "pending_leaf"] {
        *before.get_mut(table).unwrap() += 1;
    }
    assert_eq!(world.counts().await, before, "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_right_officer_signs_this_very_request() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = world.fast_track(&case(STREET, 100_000));
    let now = jsonwebtoken::get_current_timestamp();

    invalid(&world, signed(ask.clone(), |claims| claims["req"] = json!("0".repeat(64))), "another body").await;
    invalid(&world, signed(ask.clone(), |claims| drop(claims.as_object_mut().unwrap().remove("req"))), "no body").await;
    invalid(&world, signed(ask.clone(), |claims| claims["roles"] = json!(["clerk"])), "another role").await;
    invalid(&world, signed(ask.clone(), |claims| claims["division"] = json!(OTHER_STREET)), "another street").await;
    invalid(&world, signed(ask.clone(), |claims| claims["division"] = json!("340303001002")), "a part of it").await;
    invalid(&world, signed(ask.clone(), |claims| claims["exp"] = json!(claims["iat"].as_u64().unwrap() + 901)), "lives too long")
        .await;
    let old = |claims: &mut Value| {
        (claims["iat"], claims["nbf"], claims["exp"]) = (json!(now - 700), json!(now - 700), json!(now - 100))
    };
    invalid(&world, signed(ask.clone(), old), "expired").await;
    invalid(&world, signed(ask.clone(), |claims| claims["aud"] = json!("another")), "another audience").await;
    invalid(&world, signed(ask.clone(), |claims| claims["iss"] = json!("urn:nobody")), "another issuer").await;
    invalid(&world, ask.clone().header("countersign", "junk"), "junk").await;
    invalid(&world, ask.clone().header("countersign", ""), "empty").await;

    signed(ask, |_| ()).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_countersigns_are_none() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1");

    invalid(&world, world.countersign(ask, "approver-2"), "two headers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_countersign_that_does_not_hold_is_refused_even_where_none_is_needed() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = world.fast_track(&case(STREET, 10_000));

    invalid(&world, signed(ask.clone(), |claims| claims["req"] = json!("0".repeat(64))), "not needed").await;

    ask.send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_countersign_is_used_once() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = world.fast_track(&case(STREET, 100_000));
    let req = ask.req();
    let token = forge::sign(&forge::header(), &{
        let mut claims = forge::claims(&["approver"], "3403", "approver-1");
        claims["req"] = json!(req);
        claims
    });
    let first = ask.clone().header("countersign", &*token).send().await.expect(201);

    invalid(&world, ask.clone().once_more().header("countersign", &*token), "used before").await;

    let replayed = ask.header("countersign", &*token).send().await.expect(201);
    assert_eq!(replayed.text, first.text, "a replay comes before the countersign");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_case_spends_its_countersign_too() {
    let world = World::new().await;
    world.fund(STREET, 0).await;
    let ask = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1");
    ask.clone().send().await.refused(409, "FUND_INSUFFICIENT");

    invalid(&world, ask.once_more(), "used before").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_at_once_one_uses_a_countersign() {
    let world = World::new().await;
    let fund = world.fund(STREET, 5_000_000).await;
    let server = world.another_server().await;
    let mut body = case(STREET, 100_000);
    body["incident"]["cause"] = json!("other");
    let claims = {
        let mut claims = forge::claims(&["approver"], "3403", "approver-1");
        claims["req"] = json!(world.fast_track(&body).req());
        claims
    };
    let token = forge::sign(&forge::header(), &claims);

    let asks = (0..10).map(|n| {
        let ask = if n % 2 == 0 { world.fast_track(&body) } else { world.fast_track_at(&server, &body) };
        ask.header("countersign", &*token).send()
    });
    let answers = tokio::time::timeout(Duration::from_secs(60), futures_util::future::join_all(asks)).await.unwrap();

    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "COUNTERSIGN_INVALID"));
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 4_900_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_is_no_more_than_an_approver_to_their_own_request() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    let ask = world.post("/v1/fast-track", &approver, &case(STREET, 100_000)).once();

    world.countersign(ask.clone(), "approver-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    world.countersign(ask.once_more(), "approver-2").send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_countersigner_is_kept_with_the_case() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let ask = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-7");
    let paid = ask.send().await.expect(201);

    let seen = world.get(&format!("/v1/cases/{}", paid.text_at("/case/id")), &world.clerk(STREET)).await.expect(200);

    assert_eq!((seen.at("/handler"), seen.at("/approver")), (json!("clerk-1"), json!("approver-7")));
}
