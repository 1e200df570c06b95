//! Hooks: told once it is committed, signed so that anybody can check it, in order, by whichever server, and nothing personal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::world::bank::{Bank, result};
use crate::world::receiver::{Received, Receiver};
use crate::world::{Answer, OTHER_STREET, STREET, World, account, case, until};

/// A hook of the city to a receiver, once every server knows of it.
pub async fn hook(world: &World, receiver: &Receiver, events: &[&str]) -> Answer {
    hook_of(world, receiver, "3403", events).await
}

pub async fn hook_of(world: &World, receiver: &Receiver, division: &str, events: &[&str]) -> Answer {
    let body = json!({"url": receiver.url("/in"), "events": events, "division": division});
    let made = world.post("/v1/hooks", &world.finance(), &body).once().send().await.expect(201);
    world.know_hooks().await;
    made
}

pub async fn received(receiver: &Receiver, count: usize) -> Vec<Received> {
    until(&format!("{count} messages"), async || receiver.received().len() >= count).await;
    receiver.received()
}

/// The deliveries of a hook, as they are listed.
pub async fn deliveries(world: &World, hook: &Answer, query: &str) -> Vec<Value> {
    let path = format!("/v1/hooks/{}/deliveries{query}", hook.text_at("/id"));
    world.get(&path, &world.finance()).await.expect(200).at("/items").as_array().unwrap().clone()
}

/// Waits until every delivery of a hook is in a state.
pub async fn all_are(world: &World, hook: &Answer, state: &str) {
    let all = async || deliveries(world, hook, "").await.iter().all(|delivery| delivery["state"] == state);
    until(&format!("all deliveries {state}"), all).await;
}

/// Verifies by the crate of the standard; its clock is this machine's.
pub fn verifies(message: &Received, secret: &str) -> bool {
    let webhook = standardwebhooks::Webhook::new(secret).unwrap();
    let header = |(name, value): &(String, String)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    let headers: HeaderMap = message.headers.iter().map(header).collect();
    webhook.verify(message.body.as_bytes(), &headers).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_case_is_told_once_and_both_signatures_hold() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid", "case.refused"]).await;
    world.fund(STREET, 200_000).await;
    let paid = world.fast_track(&case(STREET, 78_000)).send().await.expect(201);
    let message = received(&receiver, 1).await.remove(0);

    assert_eq!(message.path, "/in");
    assert_eq!(message.header("content-type"), "application/json");
    let body = message.json();
    assert_eq!(body["type"], "case.paid");
    assert!(body["timestamp"].as_str().unwrap().ends_with("+08:00"));
    let expected = json!({"id": paid.text_at("/case/id"), "division": STREET, "version": 1, "granted_fen": 78_000});
    assert_eq!(body["data"], expected);

    assert!(verifies(&message, &made.text_at("/secret")));
    assert!(!verifies(&message, &format!("whsec_{}", STANDARD.encode([1; 32]))));
    let forged = Received { body: message.body.replace("78000", "79000"), ..message.clone() };
    assert!(!verifies(&forged, &made.text_at("/secret")));

    let signed = message.header("webhook-signature").split(' ').find_map(|one| one.strip_prefix("v1a,")).unwrap();
    let key = STANDARD.decode(made.text_at("/public_key").strip_prefix("whpk_").unwrap()).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let content = format!("{}.{}.{}", message.id(), message.header("webhook-timestamp"), message.body);
    let signature = Signature::from_slice(&STANDARD.decode(signed).unwrap()).unwrap();
    key.verify_strict(content.as_bytes(), &signature).unwrap();

    all_are(&world, &made, "delivered").await;
    let listed = deliveries(&world, &made, "").await;
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["last_status"]), (1, &json!(message.id()), &json!(200)));
    assert_eq!(receiver.received().len(), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_leaves_the_house() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    hook(&world, &receiver, &["case.paid", "case.refused", "fund.low", "fund.exhausted"]).await;
    world.fund(STREET, 78_000).await;
    let mut body = case(STREET, 78_000);
    body["applicant"]["name"] = json!("欧阳测试");
    body["applicant"]["phone"] = json!("13812345678");
    body["need"] = json!("急需住院押金");
    world.fast_track(&body).send().await.expect(201);
    world.fast_track(&case(STREET, 10_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    for message in received(&receiver, 3).await {
        let sent = format!("{message:?}");
        for personal in ["欧阳", "13812345678", "住院", "工地", "clerk-1", body["applicant"]["id_no"].as_str().unwrap()] {
            assert!(!sent.contains(personal), "{personal}: {sent}");
        }
        let members: Vec<String> = message.json()["data"].as_object().unwrap().keys().cloned().collect();
        let known = |member: &String| ["id", "case_id", "division", "version"].contains(&&**member) || member.ends_with("_fen");
        assert!(members.iter().all(known), "{members:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn funds_and_refusals_are_told_with_their_figures() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    hook(&world, &receiver, &["case.refused", "fund.low", "fund.exhausted"]).await;
    // Of a target of 20 000 a fifth is 4 000.
    let fund = world.fund(STREET, 460_000).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    for _ in 0..5 {
        world.fast_track(&case(STREET, 78_000)).send().await.expect(201);
    }
    let refused = world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let case_id = refused.text_at("/case_id");
    let mut told = received(&receiver, 2).await;
    told.sort_by_key(|message| message.kind());
    assert_eq!((told[0].kind(), told[0].about()), ("case.refused".into(), case_id));
    assert_eq!(told[0].json()["data"]["requested_fen"], 78_000);
    assert_eq!((told[1].kind(), told[1].about()), ("fund.low".into(), fund.clone()));
    assert_eq!(told[1].json()["data"]["available_fen"], 400_000);

    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    let told = received(&receiver, 3).await;
    assert_eq!((told[2].kind(), told[2].about()), ("fund.exhausted".into(), fund));
    assert_eq!(told[2].json()["data"]["available_fen"], 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_comes_back_is_told_of_its_case_in_order() {
    let (bank, receiver) = (Bank::new("succeed"), Receiver::new().await);
    let world = World::with_bank(&bank).await;
    hook(&world, &receiver, &["case.paid", "payment.returned"]).await;
    world.fund(STREET, 100_000).await;
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    let paid = world.fast_track(&body).send().await.expect(201);
    let (case_id, payment) = (paid.text_at("/case/id"), paid.text_at("/payments/0/id"));
    assert_eq!(received(&receiver, 1).await[0].kind(), "case.paid");

    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);
    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);
    let told = received(&receiver, 2).await;
    let data = told[1].json()["data"].clone();
    assert_eq!((told[1].kind(), &data["id"], &data["case_id"]), ("payment.returned".into(), &json!(payment), &json!(case_id)));
    assert_eq!(data["amount_fen"], 60_000);
    let pay = json!({"payments": [{"method": "cash"}]});
    let path = format!("/v1/cases/{case_id}/payments");
    world.post(&path, &world.clerk(STREET), &pay).once().send().await.expect(201);
    let kinds: Vec<String> = received(&receiver, 3).await.iter().map(Received::kind).collect();
    assert_eq!(kinds, ["case.paid", "payment.returned", "case.paid"]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_cases_and_other_places_are_not_told() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook_of(&world, &receiver, STREET, &["case.paid", "case.refused"]).await;
    for street in [STREET, OTHER_STREET] {
        world.fund(street, 200_000).await;
    }
    let mut sealed = case(STREET, 10_000);
    sealed["sealed"] = json!(true);
    world.fast_track(&sealed).send().await.expect(201);
    let mut sealed = case(STREET, 10_000_000);
    sealed["sealed"] = json!(true);
    world.fast_track(&sealed).send().await;
    world.fast_track(&case(OTHER_STREET, 10_000)).send().await.expect(201);
    let told = world.fast_track(&case(STREET, 10_000)).send().await.expect(201).text_at("/case/id");
    assert_eq!(received(&receiver, 1).await[0].about(), told);
    assert_eq!(deliveries(&world, &made, "").await.len(), 1);
    assert_eq!(world.count("hook_delivery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_happen_is_not_told_and_a_repeated_request_is_told_once() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    hook(&world, &receiver, &["case.paid"]).await;
    let other = world.another_server().await;
    world.fund(STREET, 50_000).await;
    let ask = world.fast_track(&case(STREET, 30_000));
    let (one, two) = tokio::join!(ask.clone().send(), ask.clone().at(&other).send());
    assert_eq!((one.expect(201).text, ask.send().await.expect(201).text), (two.text.clone(), two.text));
    world.fast_track(&case(STREET, 30_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    received(&receiver, 1).await;
    assert_eq!(world.count("hook_delivery").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_hook_nothing_is_written() {
    let world = World::new().await;
    world.fund(STREET, 50_000).await;
    world.fast_track(&case(STREET, 50_000)).send().await.expect(201);
    assert_eq!(world.count("hook_delivery").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_tell_each_thing_once() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let _second = world.another_server().await;
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 2_000_000).await;
    let mut cases = Vec::new();
    for _ in 0..24 {
        cases.push(world.fast_track(&case(STREET, 10_000)).send().await.expect(201).text_at("/case/id"));
    }
    received(&receiver, 24).await;
    all_are(&world, &made, "delivered").await;
    let mut told: Vec<String> = receiver.received().iter().map(Received::about).collect();
    told.sort();
    cases.sort();
    assert_eq!(told, cases);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_papers_are_told_once_a_case() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.completion_overdue"]).await;
    world.fund(STREET, 900_000).await;
    let late = async |sealed: bool| {
        let mut body = case(STREET, 100_000);
        body["sealed"] = json!(sealed);
        let ask = world.fast_track(&body);
        world.countersign(ask, "approver-2").send().await.expect(201).text_at("/case/id")
    };
    let (open, _) = (late(false).await, late(true).await);
    world.sql("update aid_case set completion_due = current_date - 2").await;
    // A server looks when it starts; the others were there before the papers were late.
    let (second, third) = tokio::join!(world.another_server(), world.another_server());
    let message = received(&receiver, 1).await.remove(0);
    assert_eq!((message.kind(), message.about()), ("case.completion_overdue".into(), open));
    let _fourth = world.another_server().await;
    all_are(&world, &made, "delivered").await;
    world.fast_track(&case(STREET, 1_000)).send().await.expect(201);
    assert_eq!(world.count("hook_delivery").await, 1);
    drop((second, third));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_can_be_told_again_by_range() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    for _ in 0..3 {
        world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    }
    received(&receiver, 3).await;
    all_are(&world, &made, "delivered").await;
    let listed = deliveries(&world, &made, "").await;
    let middle = listed[1]["made_at"].as_str().unwrap();
    assert_eq!(deliveries(&world, &made, &format!("?from={}", middle.replace('+', "%2B"))).await.len(), 2);
    assert_eq!(deliveries(&world, &made, &format!("?to={}", middle.replace('+', "%2B"))).await.len(), 1);
    assert_eq!(deliveries(&world, &made, "?state=dead").await.len(), 0);

    let path = format!("/v1/hooks/{}/replay", made.text_at("/id"));
    let replay = |body: Value| world.post(&path, &world.finance(), &body).once();
    let range = json!({"from": middle, "to": "2100-01-01T00:00:00+08:00", "state": "delivered"});
    let ask = replay(range);
    let first = ask.clone().send().await.expect(200);
    assert_eq!(first.fen("/count"), 2);
    let messages = received(&receiver, 5).await;
    all_are(&world, &made, "delivered").await;
    assert_eq!(ask.send().await.expect(200).text, first.text, "the same request sends nothing again");
    let mut again: Vec<&str> = messages[3..].iter().map(Received::id).collect();
    let mut asked: Vec<&str> = listed[..2].iter().map(|delivery| delivery["id"].as_str().unwrap()).collect();
    again.sort_unstable();
    asked.sort_unstable();
    assert_eq!(again, asked, "with the identifiers they had");
    assert_eq!(receiver.received().len(), 5);

    let none = json!({"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"});
    assert_eq!(replay(none).send().await.expect(200).fen("/count"), 0);
    for wrong in [
        json!({"from": middle, "to": middle}),
        json!({"from": middle, "to": "2100-01-01T00:00:00+08:00", "state": "pending"}),
        json!({"from": middle}),
        json!({"from": "yesterday", "to": middle}),
    ] {
        replay(wrong).send().await.refused(400, "VALIDATION");
    }
    world.check_invariants().await;
}
