//! Counts that differ: each a case of its own, resolved by two who did not hold the box.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::custody::{cashier, closing, open, opening, shift_now};
use crate::world::{Answer, Ask, OTHER_STREET, STREET, World};

fn resolution(world: &World, difference: &str, outcome: &str, finance: &str) -> Ask {
    let token = world.token(&[Role::Finance], "3403", finance);
    let path = format!("/v1/custody/differences/{difference}/resolution");
    world.post(&path, &token, &json!({"outcome": outcome, "note": "张三少找100元"})).once()
}

pub async fn resolve(world: &World, difference: &str, outcome: &str) -> Answer {
    world.countersign(resolution(world, difference, outcome, "finance-1"), "approver-9").send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_short_by_a_hundred_is_a_case_of_its_own_for_two_who_did_not_hold_the_box() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 50_000).await;
    let closed = closing(&world, &shift, "cashier-1", 40_000).send().await.expect(200);
    assert_eq!((closed.fen("/expected_fen"), closed.fen("/difference_fen")), (50_000, -10_000));
    let id = closed.text_at("/difference_id");
    let listed = world.get("/v1/custody/differences?state=open", &cashier(&world, "cashier-3")).await.expect(200);
    assert_eq!((listed.text_at("/items/0/id"), listed.text_at("/items/0/found")), (id.clone(), "closing".into()));

    resolution(&world, &id, "booked", "finance-1").send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    world
        .countersign(resolution(&world, &id, "booked", "finance-1"), "finance-1")
        .send()
        .await
        .refused(409, "SAME_PERSON_SIGNED");
    world
        .countersign(resolution(&world, &id, "booked", "cashier-1"), "approver-9")
        .send()
        .await
        .refused(409, "SAME_PERSON_SIGNED");
    world
        .countersign(resolution(&world, &id, "booked", "finance-1"), "cashier-1")
        .send()
        .await
        .refused(409, "SAME_PERSON_SIGNED");
    let elsewhere =
        world.countersign_by(resolution(&world, &id, "booked", "finance-1"), &[Role::Approver], OTHER_STREET, "approver-9");
    elsewhere.send().await.refused(403, "COUNTERSIGN_INVALID");
    assert_eq!(world.fund_now(&fund).await.fen("/version"), 1, "nothing has moved yet");

    let ask = world.countersign(resolution(&world, &id, "booked", "finance-1"), "approver-9");
    let resolved = ask.clone().send().await.expect(200);

    assert_eq!((resolved.text_at("/state"), resolved.text_at("/outcome")), ("resolved".into(), "booked".into()));
    assert_eq!(
        (resolved.text_at("/resolved_by"), resolved.text_at("/countersigned_by")),
        ("finance-1".into(), "approver-9".into())
    );
    assert_eq!((resolved.fen("/fund/available_fen"), resolved.fen("/fund/version")), (990_000, 2));
    assert_eq!(ask.send().await.expect(200).text, resolved.text);
    assert!(!resolved.text.contains("张三"), "what officers say is in no stored answer");
    resolve(&world, &id, "explained").await.refused(409, "CONFLICT");
    let entries = world.get(&format!("/v1/funds/{fund}/entries"), &world.finance()).await.expect(200);
    assert_eq!(
        (entries.text_at("/movements/1/debit"), entries.text_at("/movements/1/source")),
        ("cash_box".into(), "cash_short".into())
    );
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 990_000);
    for (token, note) in [(world.auditor(), json!("张三少找100元")), (cashier(&world, "cashier-3"), Value::Null)] {
        let listed = world.get("/v1/custody/differences?state=resolved", &token).await.expect(200);
        assert_eq!(listed.at("/items/0/note"), note);
    }
    // What was counted stays the truth for the box.
    assert_eq!(opening(&world, "cashier-2", 40_000).send().await.expect(201).fen("/difference_fen"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_cash_that_is_put_back_is_in_the_box_again() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let first = open(&world, "cashier-1", 50_000).await;
    let short = closing(&world, &first, "cashier-1", 40_000).send().await.expect(200).text_at("/difference_id");
    assert_eq!(resolve(&world, &short, "replaced").await.expect(200).fen("/fund/version"), 1, "the fund does not move");
    let second = opening(&world, "cashier-1", 45_000).send().await.expect(201);
    assert_eq!(second.fen("/difference_fen"), -5_000, "50 000 should be there again");

    // While a shift is open it comes back into that one.
    resolve(&world, &second.text_at("/difference_id"), "replaced").await.expect(200);

    let second = second.text_at("/id");
    assert_eq!(
        (shift_now(&world, &second).await.fen("/put_back_fen"), shift_now(&world, &second).await.fen("/expected_fen")),
        (5_000, 50_000)
    );
    let over = closing(&world, &second, "cashier-1", 50_300).send().await.expect(200);
    assert_eq!(over.fen("/difference_fen"), 300);
    let over = over.text_at("/difference_id");
    resolve(&world, &over, "replaced").await.refused(409, "CONFLICT");
    assert_eq!(resolve(&world, &over, "booked").await.expect(200).fen("/fund/available_fen"), 1_000_300);
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 1_000_300);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_is_not_booked_beyond_what_is_available_nor_for_a_frozen_fund() {
    let world = World::new().await;
    let fund = world.fund(STREET, 5_000).await;
    let shift = open(&world, "cashier-1", 10_000).await;
    let id = closing(&world, &shift, "cashier-1", 0).send().await.expect(200).text_at("/difference_id");

    let refused = resolve(&world, &id, "booked").await.refused(409, "FUND_INSUFFICIENT");
    assert_eq!(refused.fen("/fund/available_fen"), 5_000);
    world.top_up(&fund, 100_000).await.expect(201);
    let freeze = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &freeze).once().send().await.expect(200);
    resolve(&world, &id, "booked").await.refused(409, "FUND_FROZEN");

    resolve(&world, &id, "explained").await.expect(200);
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 105_000);
    let body = json!({"amount_fen": 1, "source": "cash_over"});
    world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &body).once().send().await.refused(400, "VALIDATION");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_of_the_two_who_held_the_box_says_what_became_of_what_is_missing() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let first = open(&world, "cashier-1", 100_000).await;
    closing(&world, &first, "cashier-1", 100_000).send().await.expect(200);
    let second = opening(&world, "cashier-2", 90_000).send().await.expect(201);
    let id = second.text_at("/difference_id");
    for holder in ["cashier-1", "cashier-2"] {
        let ask = world.countersign(resolution(&world, &id, "explained", "finance-1"), holder);
        ask.send().await.refused(409, "SAME_PERSON_SIGNED");
    }
    resolve(&world, &id, "explained").await.expect(200);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finance_that_counts_for_an_absent_custodian_does_not_resolve_what_it_counted() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 50_000).await;
    let path = format!("/v1/custody/shifts/{shift}/close");
    let closed = world.post(&path, &world.finance(), &json!({"count_fen": 40_000})).once().send().await.expect(200);
    assert_eq!(closed.text_at("/closed_by"), "finance-1");
    let id = closed.text_at("/difference_id");
    let listed = world.get("/v1/custody/differences?state=open", &world.finance()).await.expect(200);
    assert_eq!(listed.at("/items/0/holders"), json!(["cashier-1", "finance-1"]));

    resolve(&world, &id, "booked").await.refused(409, "SAME_PERSON_SIGNED");

    let other = world.countersign(resolution(&world, &id, "booked", "finance-2"), "approver-9");
    other.send().await.expect(200);
    world.check_invariants().await;
}
