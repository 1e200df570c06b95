//! Funds that pay hospitals through a bank: once, refused, sent back, silent; and what hooks are told of it.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::hooks::{hook, hook_of, received};
use crate::settlements::{HERE, balance, becomes, bill, cancel, clear, fund, part, result, reverse, settle, unknown_man};
use crate::world::bank::{Bank, result as word};
use crate::world::receiver::Receiver;
use crate::world::{Answer, HOSPITAL, World, until};

/// A settlement of which the relief fund bears so much: its identifier.
async fn owed(world: &World, fen: i64) -> String {
    settle(world, &bill(fen)).send().await.expect(201).text_at("/id")
}

async fn seen(world: &World, id: &str) -> Answer {
    world.get(&format!("/v1/settlements/{id}"), &world.finance()).await.expect(200)
}

async fn status(world: &World, id: &str) -> String {
    part(&seen(world, id).await, "relief_fund")["status"].as_str().unwrap().to_owned()
}

async fn paid_by(bank: &Bank) -> Vec<Value> {
    bank.ledger().await["paid"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_is_paid_when_the_bank_says_so_and_not_before() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, Some(1_000)).await;
    let (one, two) = (owed(&world, 600).await, owed(&world, 5_000).await);

    let cleared = clear(&world, &fund, &[&one, &two]).send().await.expect(201);

    assert_eq!((cleared.text_at("/state"), cleared.fen("/amount_fen")), ("instructed".into(), 1_600));
    becomes(&world, &cleared, "dispatched").await;
    assert_eq!((status(&world, &one).await, balance(&world, &fund).await), ("approved".into(), (98_400, 1_600, 0)));
    // What is under way is neither paid by another, nor unwound.
    clear(&world, &fund, &[&one]).send().await.refused(409, "CONFLICT");
    cancel(&world, &one).send().await.refused(409, "CONFLICT");
    let paid = word(&cleared.text_at("/id"), "paid");
    for _ in 0..2 {
        bank.calls_back(&world.server, &paid).await.expect(204);
    }
    let paid = becomes(&world, &cleared, "paid").await;
    assert_eq!((paid.fen("/version"), paid.at("/settlements")), (3, cleared.at("/settlements")));
    assert_eq!((status(&world, &one).await, status(&world, &two).await), ("paid".into(), "paid".into()));
    assert_eq!(balance(&world, &fund).await, (98_400, 0, 1_600));
    let kinds: Vec<_> = seen(&world, &one).await.at("/events").as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert_eq!(kinds, ["settled", "cleared"]);
    cancel(&world, &one).send().await.refused(409, "CONFLICT");
    clear(&world, &fund, &[&two]).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_is_told_names_the_hospital_by_its_code_and_was_committed_before() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let id = owed(&world, 700).await;
    // A reference that no bank carries stands in the clearing, and the bank is told the identifier.
    let body = json!({"settlement_ids": [id], "fund_id": fund, "reference": "十一月 清算"});
    let cleared = world.post("/v1/clearings", &world.finance(), &body).once().send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    let told = paid_by(&bank).await;
    assert_eq!(told.len(), 1);
    let row = world.sql_text("select concat_ws(' ', payment_id, state, case_id is null) from instruction").await;
    assert_eq!(row, format!("{} paid t", cleared.text_at("/id")));
    assert_eq!(cleared.text_at("/reference"), "十一月 清算");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_refuses_is_free_again_to_be_paid_or_unwound() {
    let bank = Bank::new("refuse");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let (one, two) = (owed(&world, 600).await, owed(&world, 500).await);
    let cleared = clear(&world, &fund, &[&one, &two]).send().await.expect(201);
    becomes(&world, &cleared, "refused").await;
    assert_eq!((status(&world, &one).await, balance(&world, &fund).await), ("approved".into(), (98_900, 1_100, 0)));
    cancel(&world, &two).send().await.expect(200);
    assert_eq!(balance(&world, &fund).await, (99_400, 600, 0));
    let again = clear(&world, &fund, &[&one]).send().await.expect(201);
    becomes(&world, &again, "refused").await;
    // A bank that says now that it was paid contradicts itself: people look.
    bank.calls_back(&world.server, &word(&cleared.text_at("/id"), "paid")).await.expect(204);
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((alarms.text_at("/items/0/kind"), alarms.at("/items/0/about")), ("payment_unknown".into(), cleared.at("/id")));
    assert_eq!(balance(&world, &fund).await, (99_400, 600, 0));
    assert!(paid_by(&bank).await.is_empty());
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_sends_back_is_held_again_and_paid_by_the_next_clearing() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let other = world.another_server_with(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let (one, two) = (owed(&world, 600).await, owed(&world, 500).await);
    let cleared = clear(&world, &fund, &[&one, &two]).send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    let returned = word(&cleared.text_at("/id"), "returned");
    let servers = [&world.server, &other, &world.server, &other];
    for answer in join_all(servers.map(|server| bank.calls_back(server, &returned))).await {
        answer.expect(204);
    }
    becomes(&world, &cleared, "returned").await;
    assert_eq!((status(&world, &one).await, balance(&world, &fund).await), ("approved".into(), (98_900, 1_100, 0)));
    let events = seen(&world, &one).await.at("/events");
    let kinds: Vec<_> = events.as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["settled", "cleared", "returned"]);
    // One is paid anew, the other unwound.
    let again = clear(&world, &fund, &[&one]).send().await.expect(201);
    becomes(&world, &again, "paid").await;
    cancel(&world, &two).send().await.expect(200);
    assert_eq!(balance(&world, &fund).await, (99_400, 0, 600));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_grows_while_the_bank_pays_is_paid_by_a_second_clearing() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let mut body = bill(1_000);
    body["third_party_fen"] = json!(400);
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    let first = clear(&world, &fund, &[&id]).send().await.expect(201);
    becomes(&world, &first, "dispatched").await;
    let hospital = world.billing(HERE, HOSPITAL);
    result(&world, &hospital, &id, "third_party", "refused", 100).send().await.expect(200);
    assert_eq!(balance(&world, &fund).await, (99_300, 700, 0));
    let second = clear(&world, &fund, &[&id]).send().await.expect(201);
    assert_eq!((first.fen("/amount_fen"), second.fen("/amount_fen")), (600, 100));
    becomes(&world, &second, "dispatched").await;
    bank.calls_back(&world.server, &word(&first.text_at("/id"), "paid")).await.expect(204);
    assert_eq!((status(&world, &id).await, balance(&world, &fund).await), ("approved".into(), (99_300, 100, 600)));
    bank.calls_back(&world.server, &word(&second.text_at("/id"), "paid")).await.expect(204);
    assert_eq!((status(&world, &id).await, balance(&world, &fund).await), ("paid".into(), (99_300, 0, 700)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_bank_leaves_a_clearing_held_and_is_told_after_a_day() {
    let bank = Bank::new("forge");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let id = owed(&world, 600).await;
    let cleared = clear(&world, &fund, &[&id]).send().await.expect(201);
    becomes(&world, &cleared, "dispatched").await;
    world.sql("update instruction set made_at = made_at - interval '25 hours', next_at = now()").await;
    becomes(&world, &cleared, "unknown").await;
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((alarms.at("/items/0/about"), alarms.fen("/items/0/amount_fen")), (cleared.at("/id"), 600));
    assert_eq!(balance(&world, &fund).await, (99_400, 600, 0));
    bank.calls_back(&world.server, &word(&cleared.text_at("/id"), "paid")).await.expect(204);
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &fund).await, (99_400, 0, 600));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clearings_at_once_over_two_servers_pay_each_part_once() {
    let bank = Bank::new("twice");
    let world = World::with_bank(&bank).await;
    let other = world.another_server_with(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(owed(&world, 100).await);
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let asks = (0..8).map(|n| clear(&world, &fund, if n < 4 { &ids[..] } else { &ids[..2] }));
    let asks = asks.enumerate().map(|(n, ask)| ask.at(if n % 2 == 0 { &world.server } else { &other }));
    let answers = join_all(asks.map(crate::world::Ask::send)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    let cleared = answers.iter().find(|answer| answer.status == 201).unwrap();
    becomes(&world, cleared, "paid").await;
    let rest: Vec<&str> = if cleared.fen("/amount_fen") == 200 { ids[2..].to_vec() } else { vec![] };
    if !rest.is_empty() {
        becomes(&world, &clear(&world, &fund, &rest).send().await.expect(201), "paid").await;
    }
    assert_eq!(balance(&world, &fund).await, (99_600, 0, 400));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_is_seen_by_finance_and_auditors_of_its_funds_scope() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let id = owed(&world, 600).await;
    let cleared = clear(&world, &fund, &[&id]).send().await.expect(201);
    let path = format!("/v1/clearings/{}", cleared.text_at("/id"));
    let seen = world.get(&path, &world.auditor()).await.expect(200);
    assert_eq!((seen.text_at("/state"), seen.at("/receipt")), ("instructed".into(), Value::Null), "without a bank it waits");
    let elsewhere = world.token(&[jiujinan::actor::Role::Finance], "340302", "finance-2");
    world.get(&path, &elsewhere).await.refused(404, "NOT_FOUND");
    world.get(&path, &world.billing(HERE, HOSPITAL)).await.refused(403, "FORBIDDEN");
    world.get(&format!("/v1/clearings/{}", uuid::Uuid::now_v7()), &world.finance()).await.refused(404, "NOT_FOUND");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_are_told_of_settlements_and_clearings_once_and_nothing_of_the_patient() {
    let bank = Bank::new("succeed");
    let (world, receiver, far) = (World::with_bank(&bank).await, Receiver::new().await, Receiver::new().await);
    let events = ["settlement.settled", "settlement.cancelled", "clearing.paid"];
    hook(&world, &receiver, &events).await;
    hook_of(&world, &far, "340302", &events).await;
    let fund = fund(&world, "3403", "relief_fund", 100_000, None).await;
    let ask = settle(&world, &bill(600));
    let paid = ask.clone().send().await.expect(201).text_at("/id");
    ask.once_more().send().await.expect(200);
    let cleared = clear(&world, &fund, &[&paid]).send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    let cancelled = unknown_man();
    let id = settle(&world, &cancelled).send().await.expect(201).text_at("/id");
    cancel(&world, &id).send().await.expect(200);
    cancel(&world, &id).send().await.expect(200);
    reverse(&world, &cancelled["message_id"]).send().await.expect(200);
    let reversed = bill(70);
    let last = settle(&world, &reversed).send().await.expect(201).text_at("/id");
    reverse(&world, &reversed["message_id"]).send().await.expect(200);
    reverse(&world, &json!("never came")).send().await.expect(200);

    let messages = received(&receiver, 6).await;
    let told = |kind: &str, id: &str| {
        let mut of = messages.iter().map(crate::world::receiver::Received::json).filter(|body| body["type"] == kind);
        of.find(|body| body["data"]["id"] == id).map(|body| body["data"].clone()).unwrap_or_default()
    };
    let data = |id: &str, division: &str, version: i64, (name, fen): (&str, i64)| {
        let mut data = json!({"id": id, "division": division, "version": version});
        data[name] = json!(fen);
        data
    };
    assert_eq!(told("settlement.settled", &paid), data(&paid, HERE, 1, ("total_fen", 600)));
    assert_eq!(told("settlement.settled", &id), data(&id, HERE, 1, ("total_fen", 3_860_000)));
    assert_eq!(told("settlement.cancelled", &id), data(&id, HERE, 2, ("total_fen", 3_860_000)));
    assert_eq!(told("settlement.cancelled", &last), data(&last, HERE, 2, ("total_fen", 70)));
    let clearing = cleared.text_at("/id");
    assert_eq!(told("clearing.paid", &clearing), data(&clearing, "3403", 3, ("amount_fen", 600)));
    let all = "select (count(*) = 6 and count(*) filter (where state = 'delivered') = 6)::text from hook_delivery";
    until("all are delivered", async || world.sql_text(all).await == "true").await;
    assert_eq!((receiver.received().len(), far.received().len()), (6, 0));
    assert!(messages.iter().all(|message| !message.body.contains("测试") && !message.body.contains("W-0150")));
    world.check_invariants().await;
}
