//! What a bar and a stopped fund stop, and whom a bar follows.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::identity::{merge, of, undo, unknown};
use crate::world::{Answer, Ask, STREET, World, case, person};

/// A bar until 2990, imposed by the county with a recovery of one fen.
async fn bar(world: &World, case: &str, id_type: &str, number: &str) {
    let body = json!({
        "case_id": case, "debtor": {"id_type": id_type, "id_no": number, "name": "测试人"}, "principal_fen": 1,
        "bar_until": "2990-01-01", "authority_ref": "县民字1号"
    });
    let county = world.token(&[Role::Finance], "340303", "county-1");
    world.post("/v1/recoveries", &county, &body).once().send().await.expect(201);
}

fn pay_rest(world: &World, id: &str) -> Ask {
    let body: Value = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{id}/payments"), &world.clerk(STREET), &body).once()
}

async fn bars(world: &World) -> String {
    world.sql_text("select count(*)::text from person where barred_until is not null").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_follows_an_unknown_person_who_is_known_now_and_leaves_who_was_taken_for_them() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    bar(&world, &id, "temporary", "T-1").await;
    let who = person();
    merge(&world, &id, "T-1", &who).send().await.expect(200);
    world.fast_track(&of(&who, "fire", 10_000)).send().await.refused(409, "BARRED");

    undo(&world, &id).send().await.expect(200);
    assert_eq!(bars(&world).await, "1");
    world.fast_track(&of(&who, "fire", 10_000)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_that_was_set_after_a_merge_stays_when_the_merge_is_taken_back() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let who = person();
    merge(&world, &id, "T-1", &who).send().await.expect(200);
    bar(&world, &id, "resident_id", &who).await;
    undo(&world, &id).send().await.expect(200);
    world.fast_track(&of(&who, "fire", 10_000)).send().await.refused(409, "BARRED");
    world.check_invariants().await;
}

/// A case with 500.00 of 600.00 still held.
async fn part_paid(world: &World) -> (String, String) {
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 10_000}]);
    let who = body["applicant"]["id_no"].as_str().unwrap().to_owned();
    (world.fast_track(&body).send().await.expect(201).text_at("/case/id"), who)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_barred_gets_no_more_of_a_grant_either() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let (id, who) = part_paid(&world).await;
    bar(&world, &id, "resident_id", &who).await;
    pay_rest(&world, &id).send().await.refused(409, "BARRED");
    let now: Answer = world.fund_now(&fund).await;
    assert_eq!((now.fen("/held_fen"), now.fen("/paid_fen")), (50_000, 10_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_fund_pays_nothing_of_what_it_holds() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let (id, _) = part_paid(&world).await;
    let set = async |verb: &str| {
        let path = format!("/v1/funds/{fund}/{verb}");
        world.post(&path, &world.finance(), &json!({"reason": "盘点"})).once().send().await.expect(200);
    };
    set("freeze").await;
    pay_rest(&world, &id).send().await.refused(409, "FUND_FROZEN");
    set("unfreeze").await;
    pay_rest(&world, &id).send().await.expect(201);
    world.check_invariants().await;
}
