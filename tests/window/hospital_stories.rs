//! The stories of hospitals from end to end, by their figures.

use reqwest::Method;
use serde_json::{Value, json};

use crate::identity::{accept, merge, seen, unknown};
use crate::recovery::{asked as asked_back, county, impose, receipt};
use crate::settlements::{
    HERE, balance, becomes, bill, cancel, child, clear, fund, named, part, parts, result, settle, unknown_man,
};
use crate::waivers::{ask, asked, grant, hospital, roster, verified};
use crate::world::bank::Bank;
use crate::world::{HOSPITAL, STREET, World, case, person, until};

/// What the totals of today say of a payer: how many bills, and how much.
async fn total(world: &World, payer: &str) -> (i64, i64) {
    let path = format!("/v1/settlements/totals?date={}", crate::world::today());
    let totals = world.get(&path, &world.billing(HERE, HOSPITAL)).await.expect(200).at("/payers");
    let of = totals.as_array().unwrap().iter().find(|total| total["payer"] == payer).cloned().unwrap_or_default();
    (of["count"].as_i64().unwrap_or_default(), of["sum_fen"].as_i64().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_an_unknown_man_is_treated_first_and_in_the_end_the_driver_pays() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    hospital(&world, HOSPITAL).await;
    let billing = world.billing(HERE, HOSPITAL);
    let street = world.fund(STREET, 1_000_000).await;
    let emergency = fund(&world, "3403", "emergency_treatment", 5_000_000, Some(1_500_000)).await;

    // 01:50: nobody knows him, and nobody asks for money.
    let question = json!({"id_type": "temporary", "id_no": "W-0150", "stay": "emergency"});
    let told = ask(&world, &billing, &question).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("TREAT_FIRST_NO_DEPOSIT".into(), 0));
    let mut taken_in = unknown("W-0150", 78_000);
    taken_in["incident"]["cause"] = json!("accident");
    let man = accept(&world, taken_in).await;

    // The first 72 hours: 38 600, quoted and settled as the road fund's.
    let bill = unknown_man();
    let road = named(&[("third_party", 3_860_000, "final"), ("patient", 0, "final")]);
    assert_eq!(parts(&world.post("/v1/settlements/quote", &billing, &bill).send().await.expect(200)), road);
    let settled = settle(&world, &bill).send().await.expect(201);
    let id = settled.text_at("/id");
    assert_eq!(parts(&settled), road);

    // Day 4: he is known; his wife, without income, gets 780.
    let number = seen(&world, &man).await.at("/number");
    merge(&world, &man, "W-0150", &person()).send().await.expect(200);
    assert_eq!(seen(&world, &man).await.at("/number"), number, "numbers stay");
    let mut wife = case(STREET, 78_000);
    wife["incident"]["cause"] = json!("income_interruption");
    let paid = world.fast_track(&wife).send().await.expect(201);
    assert_eq!((paid.text_at("/decision/lane"), paid.fen("/decision/granted_fen")), ("quick".into(), 78_000));
    assert_eq!(balance(&world, &street).await, (922_000, 0, 78_000));

    // Day 9: 6 100 were no rescue; the emergency-treatment fund pays them, its limit is 15 000.
    let refused = result(&world, &billing, &id, "third_party", "refused", 610_000).send().await.expect(200);
    let claimed = [("third_party", 3_250_000, "final"), ("emergency_treatment", 610_000, "claimed"), ("patient", 0, "final")];
    assert_eq!(
        (parts(&refused), part(&refused, "emergency_treatment")["cap_left_fen"].clone()),
        (named(&claimed), 890_000.into())
    );
    result(&world, &world.finance(), &id, "emergency_treatment", "approved", 610_000).send().await.expect(200);
    let cleared = clear(&world, &emergency, &[&id]).send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &emergency).await, (4_390_000, 0, 610_000));
    assert_eq!((total(&world, "third_party").await, total(&world, "emergency_treatment").await), ((1, 3_250_000), (1, 610_000)));

    // The driver is found: 6 100 go back to the fund that paid them. The road fund recovers its own 32 500.
    let mut body = asked_back(&id, &person(), 610_000, 0);
    body["settlement_id"] = body.as_object_mut().unwrap().remove("case_id").unwrap();
    let imposed = impose(&world, &county(&world), &body).send().await.expect(201);
    assert_eq!((imposed.at("/settlement_id"), imposed.at("/fund_id")), (json!(id), json!(emergency)));
    assert_eq!((imposed.at("/case_id"), imposed.fen("/outstanding_fen")), (Value::Null, 610_000));
    let counted = receipt(&world, &imposed.text_at("/id"), 610_000, "B-9").send().await.expect(201);
    assert_eq!((counted.text_at("/state"), counted.fen("/counted/to_fund_fen")), ("settled".into(), 610_000));
    assert_eq!(balance(&world, &emergency).await, (5_000_000, 0, 0));
    let entries = world.ask(Method::GET, &format!("/v1/funds/{emergency}/entries")).by(&world.finance()).send().await.expect(200);
    let last = entries.at("/movements").as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["debit"], &last["credit"], &last["amount_fen"]), (&json!("paid"), &json!("available"), &json!(610_000)));
    assert_eq!((&last["settlement_id"], &last["recovery_id"]), (&json!(id), &imposed.at("/id")));
    let kept = world.get(&format!("/v1/settlements/{id}"), &world.auditor()).await.expect(200);
    assert_eq!(part(&kept, "emergency_treatment")["status"], "paid", "the settlement stays as it was decided");
    assert_eq!(bank.ledger().await["paid"].as_array().unwrap().len(), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_the_childs_bill_with_12_000_in_the_fund_is_cancelled_settled_again_and_paid_once() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    hospital(&world, HOSPITAL).await;
    let billing = world.billing(HERE, HOSPITAL);
    let relief = fund(&world, "3403", "relief_fund", 1_200_000, Some(2_000_000)).await;
    let mut bill = child();
    let who = bill["patient"]["id_no"].as_str().unwrap().to_owned();
    roster(&world, &[(&who, "测试人")]).await;
    bill["waiver_id"] = grant(&world, &billing, &who, "ZY-1").send().await.expect(201).at("/id");
    let split = named(&[
        ("basic_insurance", 13_875_000, "final"),
        ("critical_illness", 2_583_750, "final"),
        ("medical_aid", 1_498_875, "final"),
        ("hospital_discount", 186_000, "final"),
        ("relief_fund", 1_200_000, "approved"),
        ("patient", 2_496_375, "final"),
    ]);

    let settled = settle(&world, &bill).send().await.expect(201);

    assert_eq!(parts(&settled), split);
    assert_eq!(settled.at("/instalment_proposal"), json!({"months": 12, "monthly_fen": 208_032}));
    assert_eq!(balance(&world, &relief).await, (0, 1_200_000, 0));
    let id = settled.text_at("/id");
    cancel(&world, &id).send().await.expect(200);
    assert_eq!(balance(&world, &relief).await, (1_200_000, 0, 0));
    bill["message_id"] = json!("again");
    let again = settle(&world, &bill).send().await.expect(201);
    assert_eq!(parts(&again), split);
    clear(&world, &relief, &[&id]).send().await.refused(409, "CONFLICT");
    let cleared = clear(&world, &relief, &[&again.text_at("/id")]).send().await.expect(201);
    becomes(&world, &cleared, "paid").await;
    assert_eq!(balance(&world, &relief).await, (0, 0, 1_200_000));
    assert_eq!(bank.ledger().await["paid"].as_array().unwrap().len(), 1, "paid once");
    let shown = world.get(&format!("/v1/settlements/{id}"), &world.finance()).await.expect(200);
    assert!(!shown.text.contains(&who) && !shown.text.contains("测试人"), "a child's data stay masked");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_migrant_worker_is_helped_by_the_street_of_the_incident() {
    let world = World::new().await;
    hospital(&world, HOSPITAL).await;
    roster(&world, &[(&person(), "别的人")]).await;
    let (billing, site) = (world.billing(HERE, HOSPITAL), "340304001");
    let fund = world.fund(site, 500_000).await;
    let who = person();

    let told = ask(&world, &billing, &asked(&who, "测试人")).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("NOT_ON_ROSTER".into(), 190_000));
    assert_eq!((told.fen("/roster_version"), told.at("/roster_as_of").is_string()), (1, true));
    let mut emergency = asked(&who, "测试人");
    emergency["stay"] = json!("emergency");
    let first = ask(&world, &billing, &emergency).send().await.expect(200);
    assert_eq!((first.text_at("/answer"), first.fen("/deposit_fen")), ("TREAT_FIRST_NO_DEPOSIT".into(), 0));

    let mut body = case(site, 78_000);
    body["applicant"]["id_no"] = json!(who);
    body["applicant"]["residence"] = json!("none");
    body["incident"]["cause"] = json!("illness");
    let clerk = world.clerk(site);
    let preview = |as_of: &str| {
        let mut asked = body.clone();
        asked["as_of"] = json!(as_of);
        world.post("/v1/decisions/preview", &clerk, &asked)
    };
    let before = preview("2025-06-01").send().await.expect(200);
    assert_eq!(before.text_at("/decision/code"), "OUT_OF_PLACE");
    let station = before.at("/decision/referrals");
    assert!(station.as_array().unwrap().iter().any(|referral| referral["to"] == "relief_station"), "{station}");
    let now = preview(&crate::world::today()).send().await.expect(200);
    assert_eq!((now.text_at("/decision/code"), now.fen("/decision/granted_fen")), ("APPROVED".into(), 78_000));
    let paid = world.fast_track(&body).send().await.expect(201);
    assert_eq!((paid.text_at("/decision/code"), paid.fen("/decision/granted_fen")), ("APPROVED".into(), 78_000));
    assert_eq!(balance(&world, &fund).await, (422_000, 0, 78_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_a_member_admitted_while_the_roster_is_away_keeps_her_stay_when_she_has_left() {
    let world = World::new().await;
    hospital(&world, HOSPITAL).await;
    let (billing, member) = (world.billing(HERE, HOSPITAL), person());
    roster(&world, &[(&member, "测试人")]).await;
    let known = async || world.figure(&world.server, "jiujinan_roster_version{city=\"3403\"}").await == Some(1);
    until("the roster is in memory", known).await;
    let question = asked(&member, "测试人");
    let discounts = json!({"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30});

    // 02:00: neither the roster nor the log can be reached.
    let mut client = world.database.client().await;
    let dam = client.transaction().await.unwrap();
    dam.batch_execute("lock table roster_version, roster_member, waiver_check in access exclusive mode").await.unwrap();
    let aged = async || ask(&world, &billing, &question).send().await.expect(200).fen("/snapshot_age_s") >= 2;
    until("the snapshot has an age", aged).await;
    let told = ask(&world, &billing, &question).send().await.expect(200);
    assert_eq!(
        (told.text_at("/answer"), told.fen("/deposit_fen"), told.at("/discounts")),
        ("WAIVED".into(), 0, discounts.clone())
    );
    assert_eq!((told.at("/recheck_by").is_string(), told.at("/stale")), (true, json!(false)));
    dam.rollback().await.unwrap();

    // It is back: the stay is promised, in writing.
    let promised = grant(&world, &billing, &member, "ZY-6").send().await.expect(201);
    let claims = verified(&world, &promised.text_at("/promise")).await;
    assert_eq!((&claims["deposit_fen"], &claims["discounts"], &claims["visit_no"]), (&json!(0), &discounts, &json!("ZY-6")));
    let waiver = promised.text_at("/id");

    // The re-check finds that she has left: civil affairs is told, this stay is honoured, new ones are not.
    roster(&world, &[(&person(), "别的人")]).await;
    let alarmed = async || world.get("/v1/alarms", &world.finance()).await.expect(200).text.contains(&waiver);
    until("civil affairs is told", alarmed).await;
    assert_eq!(ask(&world, &billing, &question).send().await.expect(200).text_at("/answer"), "NOT_ON_ROSTER");
    assert_eq!(world.get(&format!("/v1/waivers/{waiver}"), &billing).await.expect(200).text_at("/state"), "open");
    let mut stay = bill(100_000);
    stay["patient"]["id_no"] = json!(member);
    (stay["fees"], stay["visit_no"], stay["waiver_id"]) = (json!({"bed_fen": 100_000}), json!("ZY-6"), json!(waiver));
    let honoured = settle(&world, &stay).send().await.expect(201);
    assert_eq!(parts(&honoured), named(&[("hospital_discount", 30_000, "final"), ("patient", 70_000, "final")]));
    let closed = world.get(&format!("/v1/waivers/{waiver}"), &billing).await.expect(200);
    assert_eq!((closed.text_at("/state"), closed.text_at("/closed_as")), ("closed".into(), "settlement".into()));
    grant(&world, &billing, &member, "ZY-7").send().await.refused(409, "NOT_ON_ROSTER");
    let mut next = stay.clone();
    (next["message_id"], next["visit_no"]) = (json!("next"), json!("ZY-7"));
    next.as_object_mut().unwrap().remove("waiver_id");
    assert_eq!(parts(&settle(&world, &next).send().await.expect(201)), named(&[("patient", 100_000, "final")]));
    world.check_invariants().await;
}
