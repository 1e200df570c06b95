//! Hospital bills that are wrong, of somebody else, or said twice.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::settlements::{HERE, balance, becomes, bill, cancel, child, clear, fund, part, result, reverse, settle, unknown_man};
use crate::world::bank::Bank;
use crate::world::{HOSPITAL, OTHER_HOSPITAL, World};

/// A body with a member replaced.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_does_not_add_up_is_told_where() {
    let world = World::new().await;
    fund(&world, HERE, "relief_fund", 100_000, None).await;
    let before = world.counts().await;
    let most = 1_000_000_000_000_i64;
    for (pointer, body) in [
        ("/fees", with(bill(100), "/fees/bed_fen", json!(1))),
        ("/fees", with(bill(100), "/medfee_sumamt_fen", json!(99))),
        ("/insurance", with(bill(100), "/insurance", json!({"hifp_pay_fen": 101}))),
        ("/insurance", with(with(bill(100), "/insurance", json!({"acct_pay_fen": 50})), "/third_party_fen", json!(51))),
        ("/insurance", with(bill(100), "/insurance", json!({"hifp_pay_fen": most, "maf_pay_fen": most, "oth_pay_fen": most}))),
        ("/insurance/hifp_pay_fen", with(bill(100), "/insurance", json!({"hifp_pay_fen": -1}))),
        ("/fees/bed_fen", with(bill(100), "/fees/bed_fen", json!(-1))),
        ("/fees/bed_fen", with(bill(100), "/fees/bed_fen", json!(i64::MAX))),
        ("/medfee_sumamt_fen", with(bill(100), "/medfee_sumamt_fen", json!(0))),
        ("/third_party_fen", with(bill(100), "/third_party_fen", json!(1.5))),
        ("/emergency/amount_fen", with(bill(100), "/emergency", json!({"amount_fen": 101, "unidentified": true}))),
        ("/patient/name", with(bill(100), "/patient/name", Value::Null)),
        ("/message_id", with(bill(100), "/message_id", json!(""))),
        ("/waiver_id", with(bill(100), "/waiver_id", json!("w"))),
    ] {
        for path in ["/v1/settlements", "/v1/settlements/quote"] {
            let ask = world.post(path, &world.billing(HERE, HOSPITAL), &body).once();
            let wrong = ask.send().await.refused(400, "VALIDATION");
            assert_eq!(wrong.text_at("/errors/0/pointer"), pointer, "{}", wrong.text);
        }
    }
    let invalid = settle(&world, &with(bill(100), "/patient/id_no", json!("340303188001010011"))).send().await;
    assert_eq!(invalid.refused(400, "ID_INVALID").text_at("/errors/0/pointer"), "/patient/id_no");
    settle(&world, &with(bill(100), "/psn_pay_fen", json!(1))).send().await.refused(400, "VALIDATION");
    // Waivers are not kept yet: none is there.
    settle(&world, &with(bill(100), "/waiver_id", json!(uuid::Uuid::new_v4()))).send().await.refused(404, "NOT_FOUND");
    let mut after = world.counts().await;
    for table in ["leaf", "pending_leaf"] {
        after.insert(table.into(), before[table]);
    }
    assert_eq!(after, before, "nothing but the denial is left");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_bill_is_split_as_well() {
    let world = World::new().await;
    let most = 1_000_000_000_000_i64;
    fund(&world, HERE, "relief_fund", most, None).await;
    let settled = settle(&world, &with(bill(most), "/insurance", json!({"maf_pay_fen": 1}))).send().await.expect(201);
    assert_eq!(part(&settled, "relief_fund")["amount_fen"], most - 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_settled_once_whoever_repeats_it() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let body = bill(30_000);
    let ask = settle(&world, &body);
    let first = ask.clone().send().await.expect(201);
    let replayed = ask.clone().send().await.expect(201);
    assert_eq!((&replayed.text, replayed.headers.get("idempotent-replayed").is_some()), (&first.text, true));

    // Another key, and spelt another way.
    let spelt = with(body.clone(), "/insurance", json!({}));
    let again = ask.clone().once_more().send().await.expect(200);
    assert_eq!(again.text, first.text, "the first answer");
    settle(&world, &spelt).send().await.refused(409, "CONFLICT");
    let other = settle(&world, &with(body.clone(), "/visit_no", json!("ZY-2"))).send().await.refused(409, "CONFLICT");
    assert_eq!(other.text_at("/settlement_id"), first.text_at("/id"));
    assert_eq!(balance(&world, &fund).await, (70_000, 30_000, 0));
    // The same message of another hospital is another message.
    let others = world.post("/v1/settlements", &world.billing(HERE, OTHER_HOSPITAL), &body).once().send().await.expect(201);
    assert_ne!(others.text_at("/id"), first.text_at("/id"));
    assert_eq!((world.count("settlement").await, balance(&world, &fund).await), (2, (40_000, 60_000, 0)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reversed_before_it_came_is_refused_when_it_comes() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let body = bill(30_000);
    let ask = reverse(&world, &body["message_id"]);

    let fenced = ask.clone().send().await.expect(200);

    assert_eq!((fenced.text_at("/state"), fenced.at("/message_id")), ("fenced".into(), body["message_id"].clone()));
    assert_eq!(ask.clone().send().await.expect(200).text, fenced.text);
    assert_eq!(ask.once_more().send().await.expect(200).text_at("/state"), "fenced");
    let late = settle(&world, &body);
    let refused = late.clone().send().await.refused(409, "REVERSED");
    assert_eq!(late.send().await.refused(409, "REVERSED").text, refused.text);
    assert_eq!((world.count("settlement").await, balance(&world, &fund).await), (0, (100_000, 0, 0)));
    // Only this hospital's message is fenced off.
    world.post("/v1/settlements", &world.billing(HERE, OTHER_HOSPITAL), &body).once().send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cancelled_can_be_reversed_and_nothing_moves_twice() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let body = bill(30_000);
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    cancel(&world, &id).send().await.expect(200);
    let version = world.fund_now(&fund).await.fen("/version");
    for (ask, state) in [
        (cancel(&world, &id), "cancelled"),
        (reverse(&world, &body["message_id"]), "reversed"),
        (reverse(&world, &body["message_id"]), "reversed"),
        (cancel(&world, &id), "reversed"),
    ] {
        assert_eq!(ask.send().await.expect(200).text_at("/state"), state);
    }
    assert_eq!((world.fund_now(&fund).await.fen("/version"), balance(&world, &fund).await), (version, (100_000, 0, 0)));
    settle(&world, &body).send().await.refused(409, "REVERSED");
    result(&world, &world.finance(), &id, "patient", "paid", 1).send().await.refused(409, "CONFLICT");
    clear(&world, &fund, &[&id]).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_does_not_fit_changes_nothing() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "emergency_treatment", 100_000, None).await;
    let (hospital, finance) = (world.billing(HERE, HOSPITAL), world.finance());
    let mut body = with(bill(100), "/third_party_fen", json!(60));
    body["emergency"] = json!({"amount_fen": 30, "unidentified": true});
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    let entries = world.count("entry").await;
    for (token, payer, status, amount, (refused, code)) in [
        (&hospital, "third_party", "refused", 61, (409, "CONFLICT")),
        (&hospital, "third_party", "paid", 61, (409, "CONFLICT")),
        (&hospital, "third_party", "claimed", 1, (400, "VALIDATION")),
        (&hospital, "third_party", "paid", 0, (400, "VALIDATION")),
        (&hospital, "third_party", "gone", 1, (400, "VALIDATION")),
        (&hospital, "basic_insurance", "paid", 1, (404, "NOT_FOUND")),
        (&hospital, "nobody", "paid", 1, (404, "NOT_FOUND")),
        (&hospital, "patient", "paid", 1, (409, "CONFLICT")),
        (&hospital, "emergency_treatment", "approved", 30, (403, "FORBIDDEN")),
        (&hospital, "relief_fund", "approved", 1, (403, "FORBIDDEN")),
        (&finance, "emergency_treatment", "paid", 30, (409, "CONFLICT")),
        (&finance, "emergency_treatment", "approved", 31, (409, "CONFLICT")),
    ] {
        result(&world, token, &id, payer, status, amount).send().await.refused(refused, code);
    }
    assert_eq!((world.count("entry").await, balance(&world, &fund).await), (entries, (99_970, 30, 0)));
    assert_eq!(world.count("settlement_event").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bills_of_another_hospital_or_place_do_not_exist() {
    let world = World::new().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let body = child();
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    for (division, code) in [(HERE, OTHER_HOSPITAL), ("340302", HOSPITAL), ("340102", HOSPITAL)] {
        let foreign = world.billing(division, code);
        let path = format!("/v1/settlements/{id}");
        world.get(&path, &foreign).await.refused(404, "NOT_FOUND");
        result(&world, &foreign, &id, "basic_insurance", "refused", 1).send().await.refused(404, "NOT_FOUND");
        let reason = json!({"reason": "错"});
        world.post(&format!("{path}/cancel"), &foreign, &reason).once().send().await.refused(404, "NOT_FOUND");
    }
    // The hospital's own message, said from where it does not lie.
    let message = json!({"message_id": body["message_id"], "reason": "错"});
    let elsewhere = world.billing("340302", HOSPITAL);
    world.post("/v1/settlements/reverse", &elsewhere, &message).once().send().await.refused(404, "NOT_FOUND");
    let today = world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await;
    let totals = format!("/v1/settlements/totals?date={today}");
    assert_eq!(world.get(&totals, &world.billing(HERE, OTHER_HOSPITAL)).await.expect(200).fen("/count"), 0);
    assert_eq!(world.get(&totals, &world.billing(HERE, HOSPITAL)).await.expect(200).fen("/count"), 1);
    world.get("/v1/settlements/totals", &world.billing(HERE, HOSPITAL)).await.refused(400, "VALIDATION");
    // Who speaks for no hospital.
    let nobody = world.billing(HERE, "11341729003258285X");
    world.post("/v1/settlements", &nobody, &bill(1)).once().send().await.refused(403, "FORBIDDEN");
    world.post("/v1/settlements/quote", &nobody, &bill(1)).send().await.refused(403, "FORBIDDEN");
    world.get(&totals, &nobody).await.refused(403, "FORBIDDEN");
    world.get(&format!("/v1/settlements/{id}"), &nobody).await.refused(403, "FORBIDDEN");
    assert_eq!(balance(&world, &fund).await.1, 100_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_pays_one_hospital_what_one_fund_owes() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let relief = fund(&world, HERE, "relief_fund", 100_000, Some(1_000)).await;
    let other = fund(&world, HERE, "emergency_treatment", 100_000, None).await;
    let one = settle(&world, &bill(600)).send().await.expect(201).text_at("/id");
    let two = settle(&world, &bill(5_000)).send().await.expect(201).text_at("/id");
    let nothing = settle(&world, &unknown_man()).send().await.expect(201).text_at("/id");
    let foreign = world.post("/v1/settlements", &world.billing(HERE, OTHER_HOSPITAL), &bill(50)).once();
    let foreign = foreign.send().await.expect(201).text_at("/id");
    let unknown = uuid::Uuid::new_v4().to_string();
    let twice = [one.as_str(), one.as_str()];
    clear(&world, &relief, &[]).send().await.refused(400, "VALIDATION");
    clear(&world, &relief, &twice).send().await.refused(400, "VALIDATION");
    clear(&world, &relief, &[&one, &unknown]).send().await.refused(404, "NOT_FOUND");
    clear(&world, &unknown, &[&one]).send().await.refused(404, "NOT_FOUND");
    for (fund, ids) in [(&relief, [&one, &foreign]), (&relief, [&one, &nothing]), (&other, [&one, &two])] {
        let wrong = clear(&world, fund, &ids.map(String::as_str)).send().await.refused(409, "CONFLICT");
        assert!(!wrong.text_at("/settlement_id").is_empty());
    }
    let county = world.token(&[Role::Finance], "340302", "finance-2");
    let body = json!({"settlement_ids": [one], "fund_id": relief});
    world.post("/v1/clearings", &county, &body).once().send().await.refused(404, "NOT_FOUND");
    let frozen = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{relief}/freeze"), &world.finance(), &frozen).once().send().await.expect(200);
    clear(&world, &relief, &[&one]).send().await.refused(409, "FUND_FROZEN");
    world.post(&format!("/v1/funds/{relief}/unfreeze"), &world.finance(), &frozen).once().send().await.expect(200);
    assert_eq!((world.count("clearing").await, balance(&world, &relief).await), (0, (98_350, 1_650, 0)));

    let ask = clear(&world, &relief, &[&one, &two]);
    let cleared = ask.clone().send().await.expect(201);

    assert_eq!((cleared.fen("/amount_fen"), cleared.text_at("/reference")), (1_600, "B-1".into()));
    assert_eq!(ask.send().await.expect(201).text, cleared.text);
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &relief).await, (98_350, 50, 1_600));
    let entries = world.ask(Method::GET, &format!("/v1/funds/{relief}/entries")).by(&world.finance()).send().await.expect(200);
    assert_eq!(entries.fen("/closing/paid_fen"), 1_600);
    world.check_invariants().await;
}
