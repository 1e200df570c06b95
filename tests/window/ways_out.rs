//! Running out of money: a part now and the rest in the queue, a loan of the county's pool, an urgent request; alarms; expiry.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, World, case, until};

/// Fund 1 150, target 20 000; two windows have asked 780, the second was refused: the fund and the refusal.
async fn noon(world: &World) -> (String, Answer) {
    let fund = world.fund(STREET, 115_000).await;
    world.fast_track(&case(STREET, 78_000)).send().await.expect(201);
    let refused = world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    (fund, refused)
}

fn way(refused: &Answer, kind: &str) -> Value {
    refused.at("/decision/options").as_array().unwrap().iter().find(|way| way["kind"] == kind).unwrap().clone()
}

fn take(world: &World, refused: &Answer, kind: &str, body: &Value) -> Ask {
    let path = format!("/v1/cases/{}/options/{}", refused.text_at("/case_id"), way(refused, kind)["id"].as_str().unwrap());
    world.post(&path, &world.clerk(STREET), body).once()
}

async fn totals(world: &World, fund: &str) -> (i64, i64, i64) {
    let fund = world.fund_now(fund).await;
    (fund.fen("/available_fen"), fund.fen("/held_fen"), fund.fen("/paid_fen"))
}

async fn alarms(world: &World) -> Vec<String> {
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    alarms.at("/items").as_array().unwrap().iter().map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_now_and_the_rest_at_the_next_top_up() {
    let world = World::new().await;
    let (fund, refused) = noon(&world).await;
    let part = way(&refused, "partial_now");
    assert_eq!((&part["amount_fen"], &part["queued_fen"]), (&json!(37_000), &json!(41_000)));

    let ask = take(&world, &refused, "partial_now", &json!({"payments": [{"method": "cash"}]}));
    let taken = ask.clone().send().await.expect(200);
    assert_eq!((taken.fen("/granted_fen"), taken.fen("/queued_fen")), (78_000, 41_000));
    assert_eq!((taken.text_at("/case/state"), taken.fen("/payments/0/amount_fen")), ("approved".into(), 37_000));
    assert_eq!(totals(&world, &fund).await, (0, 0, 115_000));
    assert_eq!(ask.send().await.expect(200).text, taken.text);
    take(&world, &refused, "pool_loan", &json!({})).send().await.refused(409, "CONFLICT");

    world.top_up(&fund, 2_000_000).await.expect(201);
    assert_eq!(totals(&world, &fund).await, (1_959_000, 41_000, 115_000));
    let id = refused.text_at("/case_id");
    let rest = json!({"payments": [{"method": "cash"}]});
    let paid = world.post(&format!("/v1/cases/{id}/payments"), &world.clerk(STREET), &rest).once().send().await.expect(201);
    assert_eq!((paid.text_at("/case/state"), paid.fen("/queued_fen")), ("paid".into(), 0));
    assert_eq!(totals(&world, &fund).await, (1_959_000, 0, 156_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_of_the_county_lends_and_is_repaid_first() {
    let world = World::new().await;
    let (fund, refused) = noon(&world).await;
    take(&world, &refused, "pool_loan", &json!({})).send().await.refused(409, "FUND_INSUFFICIENT");
    let pool = world.fund("340303", 500_000).await;

    let lent = take(&world, &refused, "pool_loan", &json!({"payments": [{"method": "cash"}]})).send().await.expect(200);
    assert_eq!((lent.text_at("/case/state"), lent.fen("/granted_fen")), ("paid".into(), 78_000));
    assert_eq!(totals(&world, &fund).await, (37_000, 0, 156_000));
    assert_eq!(world.fund_now(&fund).await.fen("/loaned_fen"), 78_000);
    assert_eq!(totals(&world, &pool).await, (422_000, 0, 0));

    world.top_up(&fund, 2_000_000).await.expect(201);
    assert_eq!((totals(&world, &fund).await.0, world.fund_now(&fund).await.fen("/loaned_fen")), (1_959_000, 0));
    assert_eq!(totals(&world, &pool).await, (500_000, 0, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_served_in_its_order_and_nobody_is_passed_over() {
    let world = World::new().await;
    let fund = world.fund(STREET, 10_000).await;
    let mut cases = Vec::new();
    for fen in [70_000, 40_000, 20_000] {
        let refused = world.fast_track(&case(STREET, fen)).send().await.refused(409, "FUND_INSUFFICIENT");
        let taken = take(&world, &refused, "partial_now", &json!({})).send().await.expect(200);
        cases.push((refused.text_at("/case_id"), taken.fen("/queued_fen")));
        world.top_up(&fund, 1_000).await.expect(201);
    }
    assert_eq!(cases.iter().map(|(_, queued)| *queued).collect::<Vec<_>>(), [60_000, 39_000, 19_000]);
    world.top_up(&fund, 57_000).await.expect(201);
    let queued =
        async |id: &str| world.get(&format!("/v1/cases/{id}"), &world.clerk(STREET)).await.expect(200).fen("/queued_fen");
    assert_eq!(
        [queued(&cases[0].0).await, queued(&cases[1].0).await, queued(&cases[2].0).await],
        [60_000, 39_000, 19_000],
        "580 do not reach"
    );
    world.top_up(&fund, 42_000).await.expect(201);
    assert_eq!([queued(&cases[0].0).await, queued(&cases[1].0).await, queued(&cases[2].0).await], [0, 0, 19_000]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_out_is_taken_once_however_many_ask() {
    let world = World::new().await;
    let (fund, refused) = noon(&world).await;
    world.fund("340303", 500_000).await;
    let asks =
        ["partial_now", "pool_loan"].into_iter().cycle().take(10).map(|kind| take(&world, &refused, kind, &json!({})).send());
    let answers = futures_util::future::join_all(asks).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let now = totals(&world, &fund).await;
    assert!(now == (0, 37_000, 78_000) || now == (37_000, 78_000, 78_000), "{now:?}");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_of_another_case_or_of_none_is_not_there() {
    let world = World::new().await;
    let (_, refused) = noon(&world).await;
    let other = world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let id = way(&other, "partial_now")["id"].as_str().unwrap().to_owned();
    for option in [id, uuid::Uuid::now_v7().to_string(), "nonsense".into()] {
        let path = format!("/v1/cases/{}/options/{option}", refused.text_at("/case_id"));
        world.post(&path, &world.clerk(STREET), &json!({})).once().send().await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_alarm_sounds_once_at_its_level_once_at_nothing_and_when_a_window_asks() {
    let world = World::new().await;
    // Of a target of 20 000 a fifth is 4 000.
    let fund = world.fund(STREET, 460_000).await;
    world.fast_track(&case(STREET, 50_000)).send().await.expect(201);
    assert_eq!(alarms(&world).await, [] as [&str; 0]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    assert_eq!(alarms(&world).await, ["fund_low"]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    assert_eq!(alarms(&world).await, ["fund_low"], "once a crossing");
    world.top_up(&fund, 100_000).await.expect(201);
    for fen in [50_000, 50_000] {
        world.fast_track(&case(STREET, fen)).send().await.expect(201);
    }
    assert_eq!(alarms(&world).await, ["fund_low", "fund_low"], "and again after it had risen");
    for _ in 0..5 {
        world.fast_track(&case(STREET, 78_000)).send().await.expect(201);
    }
    assert_eq!(alarms(&world).await, ["fund_exhausted", "fund_low", "fund_low"]);
    let refused = world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    take(&world, &refused, "urgent_topup", &json!({})).send().await.expect(200);
    let told = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((told.text_at("/items/0/kind"), told.fen("/items/0/amount_fen")), ("topup_urgent".into(), 78_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_comes_for_expires_by_the_clock_of_the_database_once() {
    let world = World::new().await;
    let _second = world.another_server().await;
    let fund = world.fund_with(STREET, 200_000, json!({"fund_day_cap_fen": 78_000})).await;
    let mut body = case(STREET, 78_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 8_000}]);
    let id = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    assert_eq!(totals(&world, &fund).await, (122_000, 70_000, 8_000));
    world.sql(&format!("update hold set expires_at = clock_timestamp() - interval '1 second' where case_id = '{id}'")).await;

    let late = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{id}/payments"), &world.clerk(STREET), &late).once().send().await.refused(409, "CONFLICT");
    until("it expires", async || totals(&world, &fund).await.1 == 0).await;
    let seen = world.get(&format!("/v1/cases/{id}"), &world.clerk(STREET)).await.expect(200);
    assert_eq!((seen.text_at("/state"), seen.fen("/granted_fen")), ("paid".into(), 8_000));
    assert_eq!(totals(&world, &fund).await, (192_000, 0, 8_000));
    let again = world.fast_track(&case(STREET, 78_000)).send().await.expect(201);
    assert_eq!(again.fen("/decision/granted_fen"), 70_000, "the day has its limit back");
    assert_eq!(world.sql_text("select count(*)::text from hold where state = 'expired'").await, "1");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_which_nothing_was_paid_expires_and_can_be_asked_for_again() {
    let world = World::new().await;
    let fund = world.fund(STREET, 200_000).await;
    let mut body = case(STREET, 50_000);
    let who = body["applicant"]["id_no"].clone();
    body.as_object_mut().unwrap().remove("payments");
    let id = world.post("/v1/cases", &world.clerk(STREET), &body).once().send().await.expect(201).text_at("/case/id");
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    world.post(&format!("/v1/cases/{id}/approval"), &approver, &json!({"note": "同意"})).once().send().await.expect(200);
    world.sql("update hold set expires_at = clock_timestamp()").await;
    until("it expires", async || totals(&world, &fund).await.1 == 0).await;
    assert_eq!(world.get(&format!("/v1/cases/{id}"), &approver).await.expect(200).text_at("/state"), "expired");
    let pay = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{id}/payments"), &world.clerk(STREET), &pay).once().send().await.refused(409, "CONFLICT");
    let mut again = case(STREET, 50_000);
    again["applicant"]["id_no"] = who;
    world.fast_track(&again).send().await.expect(201);
    world.check_invariants().await;
}
