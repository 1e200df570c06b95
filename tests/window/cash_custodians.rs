//! Who approves does not hold the cash box.

use jiujinan::actor::Role;
use serde_json::json;

use crate::custody::{OPEN, cashier, closing, open, opening};
use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case};

/// A case that is taken in and waits for an approver.
async fn accepted(world: &World) -> String {
    let mut body = case(STREET, 60_000);
    body.as_object_mut().unwrap().remove("payments");
    world.post("/v1/cases", &world.clerk(STREET), &body).once().send().await.expect(201).text_at("/case/id")
}

fn approval(world: &World, case: &str, sub: &str) -> Ask {
    let token = world.token(&[Role::Approver], STREET, sub);
    world.post(&format!("/v1/cases/{case}/approval"), &token, &json!({"note": "属实"})).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_the_box_countersigns_nothing_that_it_pays() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "both", 50_000).await;
    let ask = world.fast_track(&case(STREET, 100_000));

    let refused = world.countersign(ask, "both").send().await.refused(409, "SAME_PERSON_SIGNED");

    assert_eq!(refused.text_at("/decision/code"), "SAME_PERSON_SIGNED");
    let kept = world.get(&format!("/v1/cases/{}", refused.text_at("/case_id")), &world.clerk(STREET)).await.expect(200);
    assert_eq!((kept.text_at("/state"), kept.at("/payments")), ("refused".into(), json!([])));
    let preview = world.post("/v1/decisions/preview", &world.clerk(STREET), &case(STREET, 100_000));
    let preview = world.countersign(preview, "both").send().await.expect(200);
    assert_eq!((preview.text_at("/decision/code"), preview.fen("/decision/granted_fen")), ("SAME_PERSON_SIGNED".into(), 0));
    assert_eq!((world.fund_now(&fund).await.fen("/paid_fen"), world.count("claim").await), (0, 0));
    closing(&world, &shift, "both", 50_000).send().await.expect(200);
    world.countersign(world.fast_track(&case(STREET, 100_000)), "both").send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_alone_pays_no_cash_out_of_the_own_box() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let both = world.token(&[Role::Clerk, Role::Cashier], STREET, "both");
    world.post(OPEN, &both, &json!({"division": STREET, "count_fen": 0})).once().send().await.expect(201);
    let cash = case(STREET, 60_000);
    world.post("/v1/fast-track", &both, &cash).once().send().await.refused(409, "SAME_PERSON_SIGNED");
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 0);
    let mut bank = cash.clone();
    bank["payments"] = json!([{"method": "bank", "account": "6217000000000001234", "account_name": "测试人"}]);
    world.post("/v1/fast-track", &both, &bank).once().send().await.expect(201);
    // Another box is no matter: it pays from another fund.
    world.fund(OTHER_STREET, 1_000_000).await;
    let elsewhere = world.token(&[Role::Clerk], OTHER_STREET, "both");
    world.post("/v1/fast-track", &elsewhere, &case(OTHER_STREET, 60_000)).once().send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_the_box_approves_nothing_and_who_approved_takes_no_box() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "both", 0).await;
    let id = accepted(&world).await;
    approval(&world, &id, "both").send().await.refused(409, "SAME_PERSON_SIGNED");
    closing(&world, &shift, "both", 0).send().await.expect(200);
    approval(&world, &id, "both").send().await.expect(200);

    let refused = opening(&world, "both", 0);
    let first = refused.clone().send().await.refused(409, "SAME_PERSON_SIGNED");
    assert_eq!(refused.send().await.text, first.text);
    opening(&world, "cashier-2", 0).send().await.expect(201);

    // Once it is paid there is nothing left that they could pay to themselves.
    let pay = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{id}/payments"), &cashier(&world, "cashier-2"), &pay).once().send().await.expect(201);
    let open = world.get(&format!("{OPEN}?state=open"), &world.auditor()).await.expect(200).text_at("/items/0/id");
    let closed = closing(&world, &open, "cashier-2", 0).send().await.expect(200);
    assert_eq!((closed.fen("/paid_fen"), closed.fen("/expected_fen")), (60_000, -60_000), "paid out of a box that held nothing");
    opening(&world, "both", 0).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_and_an_opening_at_once_never_both_happen() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    for _ in 0..4 {
        let id = accepted(&world).await;
        let (approved, opened) = tokio::join!(approval(&world, &id, "both").send(), opening(&world, "both", 0).send());
        assert!(!(approved.status == 200 && opened.status == 201), "both went through");
        assert!(approved.status == 200 || opened.status == 201, "neither went through: {} {}", approved.text, opened.text);
        if opened.status == 201 {
            closing(&world, &opened.text_at("/id"), "both", 0).send().await.expect(200);
        } else {
            let token = world.clerk(STREET);
            let gone = world.post(&format!("/v1/cases/{id}/withdrawal"), &token, &json!({"reason": "撤回"})).once();
            gone.send().await.expect(200);
        }
    }
    world.check_invariants().await;
}

/// The way out of a short fund that pays a part now.
fn part_now(refused: &Answer) -> String {
    let options = refused.at("/decision/options");
    let part = options.as_array().unwrap().iter().find(|option| option["kind"] == "partial_now").unwrap();
    part["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_out_pays_no_cash_out_of_the_box_of_who_signed_for_it() {
    let world = World::new().await;
    let fund = world.fund(STREET, 50_000).await;
    let short = world.countersign(world.fast_track(&case(STREET, 100_000)), "both").send().await;
    let short = short.refused(409, "FUND_INSUFFICIENT");
    // Nothing is held for it yet, so that whoever signed may open a box.
    let shift = open(&world, "both", 0).await;
    let path = format!("/v1/cases/{}/options/{}", short.text_at("/case_id"), part_now(&short));
    let cash = json!({"payments": [{"method": "cash"}]});
    let take = || world.post(&path, &world.clerk(STREET), &cash).once();

    take().send().await.refused(409, "SAME_PERSON_SIGNED");

    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 0);
    closing(&world, &shift, "both", 0).send().await.expect(200);
    take().send().await.expect(200);
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 50_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_out_is_not_granted_by_who_holds_the_box() {
    let world = World::new().await;
    world.fund(STREET, 50_000).await;
    let id = accepted(&world).await;
    let short = approval(&world, &id, "approver-1").send().await.refused(409, "FUND_INSUFFICIENT");
    let shift = open(&world, "both", 0).await;
    let path = format!("/v1/cases/{id}/options/{}", part_now(&short));
    let take = || world.post(&path, &world.token(&[Role::Approver], STREET, "both"), &json!({})).once();

    take().send().await.refused(409, "SAME_PERSON_SIGNED");

    closing(&world, &shift, "both", 0).send().await.expect(200);
    take().send().await.expect(200);
    // What is held for it now may be paid in cash: who granted it takes no box.
    opening(&world, "both", 0).send().await.refused(409, "SAME_PERSON_SIGNED");
    world.check_invariants().await;
}
