//! Hospital bills, split over their payers: the stories by their figures, what payers say later, what is taken back.

use serde_json::{Value, json};

use crate::world::bank::Bank;
use crate::world::{Answer, Ask, HOSPITAL, World, person, until};

/// Where the hospital is.
pub const HERE: &str = "340303";

/// A fund with money and a limit of one case.
pub async fn fund(world: &World, division: &str, kind: &str, fen: i64, case_cap_fen: Option<i64>) -> String {
    let limits = json!({"case_cap_fen": case_cap_fen});
    let body = json!({"division": division, "kind": kind, "name": "基金", "target_fen": 0, "limits": limits});
    let id = world.post("/v1/funds", &world.finance(), &body).once().send().await.expect(201).text_at("/id");
    if fen > 0 {
        world.top_up(&id, fen).await.expect(201);
    }
    id
}

/// A bill of one kind of fee, in a message of its own.
pub fn bill(total_fen: i64) -> Value {
    json!({
        "message_id": uuid::Uuid::new_v4().to_string(), "visit_no": "ZY-1",
        "patient": {"id_type": "resident_id", "id_no": person(), "name": "测试人"},
        "fees": {"other_fen": total_fen}, "medfee_sumamt_fen": total_fen,
    })
}

/// The child of the story.
pub fn child() -> Value {
    let mut body = bill(21_840_000);
    body["fees"] = json!({
        "registration_fen": 1_000, "consultation_fen": 35_000, "examination_fen": 150_000, "drugs_fen": 1_200_000, "bed_fen": 200_000,
        "other_fen": 20_254_000,
    });
    body["diagnosis"] = json!("急性淋巴细胞白血病");
    body["insurance"] = json!({
        "setl_id": "S-1", "mdtrt_id": "M-1", "hifp_pay_fen": 13_875_000, "hifmi_pay_fen": 2_583_750, "maf_pay_fen": 1_498_875,
    });
    body
}

/// The unknown man of the story: the road fund pays it, for now.
pub fn unknown_man() -> Value {
    let mut body = bill(3_860_000);
    body["patient"] = json!({"id_type": "temporary", "id_no": "W-0150"});
    body["third_party_fen"] = json!(3_860_000);
    body["emergency"] = json!({"amount_fen": 3_860_000, "unidentified": true});
    body
}

pub fn settle(world: &World, body: &Value) -> Ask {
    world.post("/v1/settlements", &world.billing(HERE, HOSPITAL), body).once()
}

pub fn result(world: &World, token: &str, id: &str, payer: &str, status: &str, amount_fen: i64) -> Ask {
    let body = json!({"status": status, "amount_fen": amount_fen, "reference": "R-1"});
    world.post(&format!("/v1/settlements/{id}/payers/{payer}/result"), token, &body).once()
}

pub fn cancel(world: &World, id: &str) -> Ask {
    let body = json!({"reason": "录入有误"});
    world.post(&format!("/v1/settlements/{id}/cancel"), &world.billing(HERE, HOSPITAL), &body).once()
}

pub fn reverse(world: &World, message: &Value) -> Ask {
    let body = json!({"message_id": message, "reason": "超时未收到回执"});
    world.post("/v1/settlements/reverse", &world.billing(HERE, HOSPITAL), &body).once()
}

pub fn clear(world: &World, fund: &str, ids: &[&str]) -> Ask {
    let body = json!({"settlement_ids": ids, "fund_id": fund, "reference": "B-1"});
    world.post("/v1/clearings", &world.finance(), &body).once()
}

/// Waits until the bank has said what becomes of a clearing.
pub async fn becomes(world: &World, cleared: &Answer, state: &str) -> Answer {
    let (path, finance) = (format!("/v1/clearings/{}", cleared.text_at("/id")), world.finance());
    let seen = async || world.get(&path, &finance).await.expect(200);
    until(state, async || seen().await.text_at("/state") == state).await;
    seen().await
}

/// Payer, amount and status of every part, and that they add up.
pub fn parts(answer: &Answer) -> Vec<(String, i64, String)> {
    let parts = answer.at("/payers").as_array().unwrap().clone();
    let text = |part: &Value, name: &str| part[name].as_str().unwrap().to_owned();
    let parts: Vec<_> =
        parts.iter().map(|part| (text(part, "payer"), part["amount_fen"].as_i64().unwrap(), text(part, "status"))).collect();
    assert_eq!(parts.iter().map(|(_, amount, _)| amount).sum::<i64>(), answer.fen("/total_fen"), "{}", answer.text);
    parts
}

/// The part of a payer.
pub fn part(answer: &Answer, payer: &str) -> Value {
    let parts = answer.at("/payers");
    parts.as_array().unwrap().iter().find(|part| part["payer"] == payer).cloned().unwrap_or_default()
}

pub fn named(parts: &[(&str, i64, &str)]) -> Vec<(String, i64, String)> {
    parts.iter().map(|(payer, amount, status)| ((*payer).to_owned(), *amount, (*status).to_owned())).collect()
}

/// What a fund has available, holds and has paid.
pub async fn balance(world: &World, fund: &str) -> (i64, i64, i64) {
    let now = world.fund_now(fund).await;
    (now.fen("/available_fen"), now.fen("/held_fen"), now.fen("/paid_fen"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_road_fund_refuses_of_an_unknown_mans_bill_the_emergency_treatment_fund_pays() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, "3403", "emergency_treatment", 5_000_000, Some(1_500_000)).await;
    let (hospital, finance) = (world.billing(HERE, HOSPITAL), world.finance());
    let body = unknown_man();
    let quote = world.post("/v1/settlements/quote", &hospital, &body).send().await.expect(200);
    assert_eq!(parts(&quote), named(&[("third_party", 3_860_000, "final"), ("patient", 0, "final")]));
    assert_eq!((world.count("settlement").await, world.count("settlement_message").await), (0, 0), "a quote keeps nothing");

    let settled = settle(&world, &body).send().await.expect(201);

    let id = settled.text_at("/id");
    assert_eq!((settled.text_at("/state"), parts(&settled)), ("settled".into(), parts(&quote)));
    assert_eq!(balance(&world, &fund).await, (5_000_000, 0, 0));
    let refused = result(&world, &hospital, &id, "third_party", "refused", 610_000).send().await.expect(200);
    let claimed = [("third_party", 3_250_000, "final"), ("emergency_treatment", 610_000, "claimed"), ("patient", 0, "final")];
    assert_eq!(parts(&refused), named(&claimed));
    assert_eq!(part(&refused, "emergency_treatment")["cap_left_fen"], 890_000);
    assert_eq!(part(&refused, "emergency_treatment")["fund_id"], json!(fund));
    assert_eq!(balance(&world, &fund).await, (4_390_000, 610_000, 0));
    clear(&world, &fund, &[&id]).send().await.refused(409, "CONFLICT");
    let approved = result(&world, &finance, &id, "emergency_treatment", "approved", 610_000).send().await.expect(200);
    assert_eq!(part(&approved, "emergency_treatment")["status"], "approved");
    let cleared = clear(&world, &fund, &[&id]).send().await.expect(201);
    assert_eq!((cleared.fen("/amount_fen"), cleared.text_at("/hospital")), (610_000, HOSPITAL.into()));
    assert_eq!((cleared.text_at("/state"), cleared.fen("/settlements/0/amount_fen")), ("instructed".into(), 610_000));
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &fund).await, (4_390_000, 0, 610_000));

    let seen = world.get(&format!("/v1/settlements/{id}"), &world.auditor()).await.expect(200);
    assert_eq!(part(&seen, "emergency_treatment")["status"], "paid");
    let kinds: Vec<_> = seen.at("/events").as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["settled", "result", "result", "cleared"]);
    assert!(!seen.text.contains("W-0150"), "the number is masked: {}", seen.text);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_childs_bill_is_settled_cancelled_and_settled_again_and_paid_once() {
    let world = World::new().await;
    let fund = fund(&world, "3403", "relief_fund", 10_000_000, Some(2_000_000)).await;
    let mut body = child();
    let who = body["patient"]["id_no"].as_str().unwrap().to_owned();

    let settled = settle(&world, &body).send().await.expect(201);

    // Without the discount of 1 860.00, which needs the hospital's terms: `src/settlement/tests.rs` has it.
    let split = named(&[
        ("basic_insurance", 13_875_000, "final"),
        ("critical_illness", 2_583_750, "final"),
        ("medical_aid", 1_498_875, "final"),
        ("relief_fund", 2_000_000, "approved"),
        ("patient", 1_882_375, "final"),
    ]);
    assert_eq!(parts(&settled), split);
    assert_eq!(
        (part(&settled, "relief_fund")["rule"].clone(), part(&settled, "relief_fund")["cap_left_fen"].clone()),
        ("LIMIT_CASE".into(), 0.into())
    );
    assert_eq!(part(&settled, "relief_fund")["basis"], "cn-2018-23");
    assert_eq!(settled.at("/instalment_proposal"), Value::Null, "the fund gave what its limit allows");
    assert_eq!(balance(&world, &fund).await, (8_000_000, 2_000_000, 0));
    let id = settled.text_at("/id");
    let cancelled = cancel(&world, &id).send().await.expect(200);
    assert_eq!((cancelled.text_at("/state"), parts(&cancelled)), ("cancelled".into(), split.clone()));
    assert_eq!(balance(&world, &fund).await, (10_000_000, 0, 0));
    let again = cancel(&world, &id).send().await.expect(200);
    assert_eq!((again.text_at("/state"), balance(&world, &fund).await), ("cancelled".into(), (10_000_000, 0, 0)));
    let same = settle(&world, &body).send().await.expect(200);
    assert_eq!(
        (same.text_at("/id"), same.text_at("/state")),
        (id.clone(), "cancelled".into()),
        "the message is not settled twice"
    );
    assert_eq!(balance(&world, &fund).await, (10_000_000, 0, 0));
    body["message_id"] = json!("again");
    let once_more = settle(&world, &body).send().await.expect(201);
    assert_eq!((parts(&once_more), once_more.text_at("/id") != id), (split, true));
    assert_eq!(balance(&world, &fund).await, (8_000_000, 2_000_000, 0), "paid once");

    let today = world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await;
    let hospital = world.billing(HERE, HOSPITAL);
    let totals = world.get(&format!("/v1/settlements/totals?date={today}"), &hospital).await.expect(200);
    assert_eq!((totals.fen("/count"), totals.fen("/sum_fen")), (1, 21_840_000), "what was cancelled does not stand");
    let relief = json!({"payer": "relief_fund", "count": 1, "sum_fen": 2_000_000});
    assert!(totals.at("/payers").as_array().unwrap().contains(&relief), "{}", totals.text);
    let seen = world.get(&format!("/v1/settlements/{id}"), &world.finance()).await.expect(200);
    assert_eq!(seen.text_at("/patient/name"), "测**");
    assert!(!seen.text.contains(&who) && !seen.text.contains("白血病"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_relief_fund_lacks_the_patient_bears_and_is_proposed_instalments() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = fund(&world, HERE, "relief_fund", 1_200_000, Some(2_000_000)).await;
    let settled = settle(&world, &child()).send().await.expect(201);
    assert_eq!(
        (part(&settled, "relief_fund")["amount_fen"].clone(), part(&settled, "relief_fund")["rule"].clone()),
        (1_200_000.into(), "FUND_INSUFFICIENT".into())
    );
    assert_eq!(part(&settled, "patient")["amount_fen"], 2_682_375);
    assert_eq!(settled.at("/instalment_proposal"), json!({"months": 12, "monthly_fen": 223_532}));
    assert_eq!(balance(&world, &fund).await, (0, 1_200_000, 0));
    let id = settled.text_at("/id");
    let cleared = clear(&world, &fund, &[&id]).send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &fund).await, (0, 0, 1_200_000));
    let late = cancel(&world, &id).send().await.refused(409, "CONFLICT");
    assert_eq!(late.text_at("/settlement_id"), id, "what was paid is asked back, not unwound");
    clear(&world, &fund, &[&id]).send().await.refused(409, "CONFLICT");
    assert_eq!(balance(&world, &fund).await, (0, 0, 1_200_000), "paid once");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_approved_in_part_leaves_the_rest_to_those_after_it() {
    let world = World::new().await;
    let emergency = fund(&world, HERE, "emergency_treatment", 100_000, None).await;
    let relief = fund(&world, HERE, "relief_fund", 100_000, Some(15_000)).await;
    let mut body = bill(60_000);
    body["insurance"] = json!({"hifp_pay_fen": 10_000, "acct_pay_fen": 5_000});
    body["emergency"] = json!({"amount_fen": 30_000, "unable_to_pay_ref": "民政证明-1"});
    let settled = settle(&world, &body).send().await.expect(201);
    let id = settled.text_at("/id");
    assert_eq!(
        parts(&settled),
        named(&[
            ("basic_insurance", 10_000, "final"),
            ("emergency_treatment", 30_000, "claimed"),
            ("relief_fund", 15_000, "approved"),
            ("patient", 5_000, "final"),
        ]),
        "the patient's own account is the patient's part"
    );

    let reviewed = result(&world, &world.finance(), &id, "emergency_treatment", "approved", 20_000).send().await.expect(200);

    let rest = [("emergency_treatment", 20_000, "approved"), ("relief_fund", 15_000, "approved"), ("patient", 15_000, "final")];
    assert_eq!(parts(&reviewed)[1..], named(&rest));
    assert_eq!((balance(&world, &emergency).await, balance(&world, &relief).await), ((80_000, 20_000, 0), (85_000, 15_000, 0)));
    // Insurance pays less than it said: what was reviewed is not claimed again.
    let less = result(&world, &world.billing(HERE, HOSPITAL), &id, "basic_insurance", "paid", 4_000).send().await.expect(200);
    assert_eq!(parts(&less)[0], ("basic_insurance".into(), 4_000, "paid".into()));
    assert_eq!(
        (part(&less, "emergency_treatment")["amount_fen"].clone(), part(&less, "patient")["amount_fen"].clone()),
        (20_000.into(), 21_000.into())
    );
    let reversed = reverse(&world, &body["message_id"]).send().await.expect(200);
    assert_eq!((reversed.text_at("/state"), reversed.text_at("/id")), ("reversed".into(), id));
    assert_eq!((balance(&world, &emergency).await, balance(&world, &relief).await), ((100_000, 0, 0), (100_000, 0, 0)));
    let leaf = "select convert_from(bytes, 'UTF8')::jsonb #>> '{body,entries}' from leaf
        where convert_from(bytes, 'UTF8')::jsonb #>> '{body,verb}' = 'reversed'";
    let entries: Value = serde_json::from_str(&world.sql_text(leaf).await).unwrap();
    let given_back = json!([[relief, "held", "available", 15_000], [emergency, "held", "available", 20_000]]);
    assert_eq!(entries, given_back, "the last payer first");
    settle(&world, &body).send().await.refused(409, "REVERSED");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_refused_wholly_is_given_back_and_goes_to_the_relief_fund() {
    let world = World::new().await;
    let emergency = fund(&world, HERE, "emergency_treatment", 100_000, None).await;
    let relief = fund(&world, HERE, "relief_fund", 100_000, Some(15_000)).await;
    let mut body = bill(20_000);
    body["emergency"] = json!({"amount_fen": 20_000, "unidentified": true});
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    assert_eq!((balance(&world, &emergency).await, balance(&world, &relief).await), ((80_000, 20_000, 0), (100_000, 0, 0)));
    let refused = result(&world, &world.finance(), &id, "emergency_treatment", "refused", 20_000).send().await.expect(200);
    let rest = [("emergency_treatment", 0, "refused"), ("relief_fund", 15_000, "approved"), ("patient", 5_000, "final")];
    assert_eq!(parts(&refused), named(&rest));
    assert_eq!((balance(&world, &emergency).await, balance(&world, &relief).await), ((100_000, 0, 0), (85_000, 15_000, 0)));
    result(&world, &world.finance(), &id, "emergency_treatment", "approved", 1).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fund_of_the_smallest_area_around_the_hospital_pays_and_none_of_another_kind_does() {
    let world = World::new().await;
    let city = fund(&world, "3403", "relief_fund", 100_000, None).await;
    let county = fund(&world, HERE, "relief_fund", 100_000, None).await;
    let elsewhere = fund(&world, "340302", "relief_fund", 100_000, None).await;
    let street = world.fund(HERE, 100_000).await;
    settle(&world, &bill(7)).send().await.expect(201);
    world.post("/v1/settlements", &world.billing("340304", HOSPITAL), &bill(5)).once().send().await.expect(201);
    let mut held = Vec::new();
    for fund in [&city, &county, &elsewhere, &street] {
        held.push(balance(&world, fund).await.1);
    }
    assert_eq!(held, [5, 7, 0, 0]);
    let reason = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{county}/freeze"), &world.finance(), &reason).once().send().await.expect(200);
    let frozen = settle(&world, &bill(9)).send().await.expect(201);
    assert_eq!(
        (part(&frozen, "relief_fund")["rule"].clone(), part(&frozen, "patient")["amount_fen"].clone()),
        ("FUND_FROZEN".into(), 9.into())
    );
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relief_fund_keeps_the_limit_of_its_day_and_gets_back_what_is_taken_back() {
    let world = World::new().await;
    let limits = json!({"fund_day_cap_fen": 1_000});
    let body = json!({"division": HERE, "kind": "relief_fund", "name": "基金", "target_fen": 0, "limits": limits});
    let fund = world.post("/v1/funds", &world.finance(), &body).once().send().await.expect(201).text_at("/id");
    world.top_up(&fund, 100_000).await.expect(201);
    let first = settle(&world, &bill(700)).send().await.expect(201).text_at("/id");
    let second = settle(&world, &bill(700)).send().await.expect(201);
    assert_eq!(
        (part(&second, "relief_fund")["amount_fen"].clone(), part(&second, "relief_fund")["rule"].clone()),
        (300.into(), "LIMIT_FUND_DAY".into())
    );
    cancel(&world, &first).send().await.expect(200);
    let third = settle(&world, &bill(900)).send().await.expect(201);
    assert_eq!(part(&third, "relief_fund")["amount_fen"], 700);
    world.check_invariants().await;
}
