//! The acceptance stories, with their figures.

use std::time::Duration;

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, account, case, person};

/// The street of 禹会区 where somebody collapses on a site.
const SITE_STREET: &str = "340304001";

/// S1: a couple, a child and a grandmother whose hukou is elsewhere need 7 800 after a fire.
pub fn fire(applicant: &str, spouse: &str) -> Value {
    json!({
        "division": STREET,
        "incident": {"cause": "fire", "place": "蚌山区某小区3幢", "occurred_at": "2026-11-21T21:40:00+08:00"},
        "applicant": {"id_type": "resident_id", "id_no": applicant, "name": "测试甲", "phone": null, "residence": "registered"},
        "household": [
            {"id_type": "resident_id", "id_no": spouse, "name": "测试乙", "relation": "spouse"},
            {"id_type": "resident_id", "id_no": person(), "name": "测试丙", "relation": "child"},
            {"id_type": "resident_id", "id_no": "410922188603240515", "name": "测试丁", "relation": "grandmother"}
        ],
        "requested_fen": 780_000, "need": "过渡安置", "sealed": false,
        "payments": [
            {"method": "cash", "amount_fen": 100_000, "received_by": "payee", "signature_ref": null},
            {"method": "bank", "account": account(), "account_name": "测试甲"}
        ]
    })
}

/// The tenth working day after the day in a case number, by the State Council's calendar; that day is not counted.
fn tenth_working_day(number: &str) -> String {
    let calendar = include_str!("../../deploy/calendar/cn-2004-2026.csv");
    let mut day = jiff::civil::Date::strptime("%Y%m%d", number.split('-').nth(2).unwrap()).unwrap();
    let mut worked = 0;
    while worked < 10 {
        day = day.tomorrow().unwrap();
        let weekend = matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        let announced = calendar.lines().find_map(|line| line.strip_prefix(&format!("{day},")));
        worked += i32::from(announced.map_or(!weekend, |kind| kind == "workday"));
    }
    day.to_string()
}

pub async fn countersigned(world: &World, body: &Value) -> Answer {
    world.countersign(world.fast_track(body), "approver-1").send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_burned_out_family_gets_what_the_street_may_give_and_the_county_the_rest() {
    let world = World::new().await;
    let fund = world.fund(STREET, 3_140_000).await;

    let paid = countersigned(&world, &fire(&person(), &person())).await.expect(201);

    let number = paid.text_at("/case/number");
    assert!(number.starts_with("JJN-340303001-") && number.ends_with("-0001"), "{number}");
    assert_eq!(paid.at("/case/state"), "paying");
    assert_eq!(paid.at("/case/missing"), json!(["id_card"]));
    assert_eq!(paid.at("/case/completion_due"), tenth_working_day(&number));
    assert_eq!(paid.at("/case/completion_due_provisional"), tenth_working_day(&number).as_str() > "2026-12-31");
    assert_eq!(paid.at("/decision/code"), "APPROVED_PARTIAL");
    assert_eq!(paid.at("/decision/lane"), "advance");
    assert_eq!((paid.fen("/decision/granted_fen"), paid.fen("/decision/requested_fen")), (300_000, 780_000));
    assert_eq!(paid.at("/decision/binding_rule"), "LIMIT_CASE");
    assert_eq!(paid.at("/decision/referrals"), json!([{"to": "county", "remaining_fen": 480_000}]));
    assert_eq!(paid.at("/decision/options"), json!([]));
    let check = paid.at("/decision/checks/0");
    assert_eq!((&check["rule"], &check["limit_fen"], &check["used_fen"]), (&json!("LIMIT_CASE"), &json!(300_000), &json!(0)));
    assert_eq!((&check["asked_fen"], &check["passed"]), (&json!(780_000), &json!(false)));
    assert!(check["basis"].is_string());
    let payments = paid.at("/payments");
    let payment = |index: usize| {
        let payment = &payments[index];
        (payment["method"].clone(), payment["amount_fen"].clone(), payment["state"].clone(), payment["receipt_number"].clone())
    };
    assert_eq!(payment(0), (json!("cash"), json!(100_000), json!("paid"), json!(format!("{number}-1"))));
    assert_eq!(payment(1), (json!("bank"), json!(200_000), json!("instructed"), json!(format!("{number}-2"))));
    assert_eq!(paid.at("/fund"), json!({"id": fund, "available_fen": 2_840_000, "version": 2}));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/held_fen"), now.fen("/paid_fen"), now.fen("/available_fen")), (200_000, 100_000, 2_840_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_receipt_names_a_leaf_of_the_log() {
    let world = World::new().await;
    world.fund(STREET, 3_140_000).await;

    let paid = countersigned(&world, &fire(&person(), &person())).await.expect(201);

    let leaves = world.database.client().await.query("select bytes from leaf", &[]).await.unwrap();
    let hash = |bytes: &[u8]| hex::encode(Sha256::new().chain_update([0]).chain_update(bytes).finalize());
    assert!(leaves.iter().any(|leaf| hash(leaf.get(0)) == paid.text_at("/receipt/leaf_hash")));
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_neighbours_are_another_case_of_the_same_incident() {
    let world = World::new().await;
    world.fund(STREET, 3_140_000).await;
    let first = countersigned(&world, &fire(&person(), &person())).await.expect(201);
    let mut neighbours = case(STREET, 78_000);
    neighbours["incident"] = json!({"id": first.text_at("/case/incident_id")});

    let second = world.fast_track(&neighbours).send().await.expect(201);

    assert_eq!(second.at("/case/incident_id"), first.at("/case/incident_id"));
    assert_ne!(second.at("/case/id"), first.at("/case/id"));
    assert!(second.text_at("/case/number").ends_with("-0002"), "{}", second.text);
    assert_eq!(world.count("incident").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_double_click_pays_once() {
    let world = World::new().await;
    let fund = world.fund(STREET, 3_140_000).await;
    let click = world.countersign(world.fast_track(&fire(&person(), &person())), "approver-1");

    let (one, other) = tokio::join!(click.clone().send(), click.clone().send());

    assert_eq!((one.expect(201).text, world.count("aid_case").await), (other.expect(201).text, 1));
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 2_840_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_other_spouse_at_another_street_is_told_of_the_first_case() {
    let world = World::new().await;
    world.fund(STREET, 3_140_000).await;
    world.fund(OTHER_STREET, 3_140_000).await;
    let spouse = person();
    let first = countersigned(&world, &fire(&person(), &spouse)).await.expect(201);
    let mut next_morning = case(OTHER_STREET, 78_000);
    next_morning["incident"]["cause"] = json!("fire");
    next_morning["applicant"]["id_no"] = json!(spouse);

    let refused = world.fast_track(&next_morning).send().await.refused(409, "SAME_CAUSE");

    assert_eq!(refused.at("/decision/conflict"), json!({"number": first.at("/case/number"), "division": STREET}));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_nobody_countersigns_their_own_case() {
    let world = World::new().await;
    let fund = world.fund(STREET, 3_140_000).await;
    let clerk = world.token(&[Role::Clerk, Role::Approver], STREET, "officer-1");
    let ask = world.post("/v1/fast-track", &clerk, &fire(&person(), &person())).once();

    let refused = world.countersign(ask, "officer-1").send().await.refused(409, "SAME_PERSON_SIGNED");

    assert_eq!(refused.at("/decision/binding_rule"), "SAME_PERSON_SIGNED");
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 3_140_000);
    world.check_invariants().await;
}

fn migrant() -> Value {
    let mut body = case(SITE_STREET, 78_000);
    body["applicant"]["residence"] = json!("none");
    body["applicant"]["id_no"] = json!("410922188304068647");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_the_same_case_as_of_2025_is_out_of_place_and_the_preview_leaves_a_leaf_only() {
    let world = World::new().await;
    world.fund(SITE_STREET, 2_000_000).await;
    let mut asked = migrant();
    asked["as_of"] = json!("2025-06-01");
    asked.as_object_mut().unwrap().remove("payments");
    let mut before = world.counts().await;

    let clerk = world.clerk(SITE_STREET);
    let seen = world.post("/v1/decisions/preview", &clerk, &asked).send().await.expect(200);

    assert_eq!(seen.at("/decision/code"), "OUT_OF_PLACE");
    assert_eq!(seen.at("/decision/policy_version"), "cn-2025");
    assert_eq!(seen.at("/decision/referrals/0/to"), "relief_station");
    assert_eq!(seen.at("/payments"), json!([]));
    assert_eq!(seen.fen("/fund/available_fen"), 2_000_000);
    for table in ["leaf", "pending_leaf"] {
        *before.get_mut(table).unwrap() += 1;
    }
    assert_eq!(world.counts().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_today_the_street_of_the_incident_pays_whatever_the_hukou() {
    let world = World::new().await;
    let fund = world.fund(SITE_STREET, 2_000_000).await;
    let preview = world.post("/v1/decisions/preview", &world.clerk(SITE_STREET), &migrant()).send().await.expect(200);
    assert_eq!(preview.at("/payments"), json!([{"method": "cash", "amount_fen": 78_000}]));

    let paid = world.fast_track(&migrant()).send().await.expect(201);

    assert_eq!((paid.at("/decision/code"), paid.fen("/decision/granted_fen")), (json!("APPROVED"), 78_000));
    assert_eq!(paid.at("/decision/policy_version"), "cn-2026");
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 78_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s8_of_two_windows_at_one_moment_one_pays_and_the_other_is_shown_ways_out() {
    let world = World::new().await;
    let fund = world.fund(STREET, 115_000).await;
    let window = |sub: &str| {
        let clerk = world.token(&[Role::Clerk], STREET, sub);
        world.post("/v1/fast-track", &clerk, &case(STREET, 78_000)).once()
    };

    let (one, other) = tokio::join!(window("window-1").send(), window("window-2").send());

    let (paid, refused) = if one.status == 201 { (one, other) } else { (other, one) };
    assert_eq!(paid.expect(201).fen("/fund/available_fen"), 37_000);
    let refused = refused.refused(409, "FUND_INSUFFICIENT");
    assert_eq!(refused.at("/fund"), json!({"id": fund, "available_fen": 37_000, "version": 2}));
    let options = refused.at("/decision/options");
    let option = |index: usize| {
        let option = &options[index];
        assert_eq!(option["id"].as_str().map(str::len), Some(36));
        (option["kind"].clone(), option["amount_fen"].clone(), option["queued_fen"].clone())
    };
    assert_eq!(option(0), (json!("partial_now"), json!(37_000), json!(41_000)));
    assert_eq!(option(1), (json!("pool_loan"), json!(78_000), Value::Null));
    assert_eq!((option(2).0, option(3).0), (json!("goods"), json!("urgent_topup")));
    assert_eq!(options.as_array().unwrap().len(), 4);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s8_fifty_at_once_never_leave_less_than_nothing() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;

    let asks = (0..50).map(|_| world.fast_track(&case(STREET, 78_000)).send());
    let answers = futures_util::future::join_all(asks).await;

    let paid = answers.iter().filter(|answer| answer.status == 201).count();
    let short = answers.iter().filter(|answer| answer.code() == "FUND_INSUFFICIENT").count();
    assert_eq!((paid, short), (12, 38));
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 1_000_000 - 12 * 78_000);
    assert!(answers.iter().all(|answer| answer.fen("/fund/available_fen") >= 0));
    world.check_invariants().await;
}

/// 1 200 asked for with a countersign, to be sent again and again.
fn twelve_hundred(world: &World, key: &str, fen: i64) -> Ask {
    let mut body = case(STREET, fen);
    body["applicant"]["id_no"] = json!("340303188003041985");
    world.countersign(world.post("/v1/fast-track", &world.clerk(STREET), &body).key(key), "approver-1")
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_whoever_never_saw_the_answer_gets_the_same_receipt_three_times_and_pays_once() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 120_000);
    body["payments"][0]["amount_fen"] = json!(120_000);
    let ask = world.countersign(world.post("/v1/fast-track", &world.clerk(STREET), &body).key("click-1"), "approver-1");
    let mut line = TcpStream::connect(world.server.address).await.unwrap();
    line.write_all(&ask.wire()).await.unwrap();
    let done = async {
        while world.count("aid_case").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done).await.unwrap();
    drop(line);

    let mut receipts = Vec::new();
    for _ in 0..3 {
        let again = ask.clone().send().await.expect(201);
        assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true");
        receipts.push(again.text);
    }

    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 120_000);
    assert_eq!((world.count("aid_case").await, world.count("entry").await), (1, 2));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_the_same_key_with_another_amount_is_refused() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let first = twelve_hundred(&world, "click-1", 120_000).send().await.expect(201);

    twelve_hundred(&world, "click-1", 150_000).send().await.refused(422, "KEY_REUSED");

    let again = twelve_hundred(&world, "\"click-1\"", 120_000).send().await.expect(201);
    assert_eq!(again.text, first.text, "a quoted key is the bare one, and a countersign no part of what was asked");
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 120_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_another_server_gives_the_same_receipt() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let other = world.another_server().await;
    let body = case(STREET, 60_000);
    let clerk = world.clerk(STREET);
    let first = world.post("/v1/fast-track", &clerk, &body).key("click-1").send().await.expect(201);
    assert!(first.headers.get("idempotent-replayed").is_none());

    let at_other = |body: &Value| world.ask_at(&other, Method::POST, "/v1/fast-track").by(&clerk).json(body).key("click-1");
    let second = at_other(&body).send().await.expect(201);

    assert_eq!((&second.text, second.headers.get("idempotent-replayed").unwrap().as_bytes()), (&first.text, &b"true"[..]));
    let mut changed = body.clone();
    changed["requested_fen"] = json!(60_001);
    at_other(&changed).send().await.refused(422, "KEY_REUSED");
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 60_000);
    world.check_invariants().await;
}
