//! `PATCH /v1/funds/{fund}`: two officers change what finance says of a fund.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::funds::{open, reserve};
use crate::world::{Ask, OTHER_STREET, STREET, World, case};

fn change(world: &World, fund: &str, if_match: Option<&str>, body: &Value) -> Ask {
    let ask = world.ask(Method::PATCH, &format!("/v1/funds/{fund}")).by(&world.finance()).json(body);
    match if_match {
        Some(version) => ask.header("if-match", version),
        None => ask,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_with_two_officers_and_the_version_that_was_read() {
    let world = World::new().await;
    let fund = open(&world, &reserve(STREET)).await.expect(201).text_at("/id");
    world.top_up(&fund, 100_000).await.expect(201);
    let body = json!({"name": "新名", "limits": {"case_cap_fen": null, "officer_day_cap_fen": 5_000}, "target_fen": 7});

    let changed = world.countersign(change(&world, &fund, Some("\"1\""), &body), "approver-1").send().await.expect(200);

    assert_eq!((changed.at("/name"), changed.fen("/target_fen")), (json!("新名"), 7));
    assert_eq!((changed.at("/limits/case_cap_fen"), changed.fen("/limits/officer_day_cap_fen")), (Value::Null, 5_000));
    assert_eq!(changed.fen("/limits/floor_fen"), 10_000, "what is not named stays");
    assert_eq!((changed.fen("/settings_version"), changed.fen("/version")), (2, 1));
    assert_eq!(changed.headers.get("etag").unwrap(), "\"2\"");
    assert!(changed.text_at("/account/number").ends_with("1234"));
    let seen = world.fund_now(&fund).await;
    assert_eq!((seen.headers.get("etag").unwrap().as_bytes(), seen.at("/name")), (&b"\"2\""[..], json!("新名")));
    assert_eq!(seen.at("/account"), reserve(STREET)["account"]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_can_be_changed_and_taken_away() {
    let world = World::new().await;
    let fund = open(&world, &reserve(STREET)).await.expect(201).text_at("/id");
    let account = json!({"bank": "建设银行", "number": "62170000000009999", "name": "街道办"});

    let body = json!({"account": account});
    world.countersign(change(&world, &fund, Some("\"1\""), &body), "approver-1").send().await.expect(200);
    assert_eq!(world.fund_now(&fund).await.at("/account"), account);

    let body = json!({"account": null});
    world.countersign(change(&world, &fund, Some("\"2\""), &body), "approver-1").send().await.expect(200);
    assert_eq!(world.fund_now(&fund).await.at("/account"), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_do_not_change_unread_or_stale() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let body = json!({"name": "新名"});

    world.countersign(change(&world, &fund, None, &body), "approver-1").send().await.refused(428, "PRECONDITION_REQUIRED");
    for stale in ["\"2\"", "\"0\"", "*", "W/\"1\"", "1", "\"1\", \"2\"", "\"01\"", "\"\""] {
        let ask = world.countersign(change(&world, &fund, Some(stale), &body), "approver-1");
        ask.send().await.refused(412, "PRECONDITION_FAILED");
    }
    assert_eq!(world.fund_now(&fund).await.at("/name"), "备用金");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_do_not_change_without_a_second_officer() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let ask = || change(&world, &fund, Some("\"1\""), &json!({"limits": {"case_cap_fen": 1}}));

    ask().send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    world.countersign(ask(), "finance-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    ask().header("countersign", "junk").send().await.refused(403, "COUNTERSIGN_INVALID");
    let elsewhere = world.countersign_by(ask(), &[Role::Approver], OTHER_STREET, "approver-1");
    elsewhere.send().await.refused(403, "COUNTERSIGN_INVALID");
    let no_approver = world.countersign_by(ask(), &[Role::Finance], "3403", "finance-2");
    no_approver.send().await.refused(403, "COUNTERSIGN_INVALID");

    assert_eq!(world.fund_now(&fund).await.at("/limits/case_cap_fen"), Value::Null);
    let signed = world.countersign(ask(), "approver-1");
    signed.clone().send().await.expect(200);
    signed.send().await.refused(403, "COUNTERSIGN_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_to_one_version_one_is_made() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let ask = |name: &str| world.countersign(change(&world, &fund, Some("\"1\""), &json!({"name": name})), "approver-1");

    let (one, other) = tokio::join!(ask("甲").send(), ask("乙").send());

    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(world.fund_now(&fund).await.fen("/settings_version"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_floor_is_not_raised_into_what_is_spent() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let floor = |fen: i64, version: &str| {
        let body = json!({"limits": {"floor_fen": fen}});
        world.countersign(change(&world, &fund, Some(version), &body), "approver-1")
    };

    floor(40_001, "\"1\"").send().await.refused(409, "FUND_INSUFFICIENT");

    let raised = floor(40_000, "\"1\"").send().await.expect(200);
    assert_eq!(raised.fen("/available_fen"), 0);
    let lowered = floor(0, "\"2\"").send().await.expect(200);
    assert_eq!(lowered.fen("/available_fen"), 40_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_money_that_change_at_once_lose_nothing() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let body = json!({"name": "新名"});
    let paid = futures_util::future::join_all((0..20).map(|_| world.fast_track(&case(STREET, 60_000)).send()));
    let named = world.countersign(change(&world, &fund, Some("\"1\""), &body), "approver-1").send();

    let (paid, named) = tokio::join!(paid, named);

    assert!(paid.iter().all(|answer| answer.status == 201));
    named.expect(200);
    let now = world.fund_now(&fund).await;
    assert_eq!((now.at("/name"), now.fen("/paid_fen"), now.fen("/version")), (json!("新名"), 1_200_000, 21));
    world.check_invariants().await;
}
