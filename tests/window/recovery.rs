//! Money asked back: principal before fine, the fund's part to the fund, the fine never, and the case as it was.

use futures_util::future::join_all;
use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case, person};

/// Who imposes fines: an approver of the county.
pub fn county(world: &World) -> String {
    world.token(&[Role::Approver], "340303", "county-1")
}

/// A household of three is paid 2 340 yuan in the advance lane, in cash, signed by two. Returns the case's identifier.
pub async fn paid_case(world: &World, who: &str) -> String {
    let mut body = case(STREET, 234_000);
    body["applicant"]["id_no"] = json!(who);
    body["payments"] = json!([{"method": "cash", "amount_fen": 117_000}, {"method": "cash"}]);
    let paid = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);
    assert_eq!((paid.text_at("/case/state"), paid.fen("/decision/granted_fen")), ("paid".into(), 234_000));
    paid.text_at("/case/id")
}

/// What is asked back of a person for a case.
pub fn asked(case: &str, who: &str, principal_fen: i64, fine_fen: i64) -> Value {
    json!({
        "case_id": case, "debtor": {"id_type": "resident_id", "id_no": who, "name": "测试人"}, "principal_fen": principal_fen,
        "fine_fen": fine_fen, "authority_ref": "蚌民追〔2026〕7号",
    })
}

pub fn impose(world: &World, token: &str, body: &Value) -> Ask {
    world.post("/v1/recoveries", token, body).once()
}

pub fn receipt(world: &World, id: &str, fen: i64, reference: &str) -> Ask {
    let body = json!({"amount_fen": fen, "reference": reference, "received_on": today()});
    world.post(&format!("/v1/recoveries/{id}/receipts"), &world.finance(), &body).once()
}

/// The day of everything that a test does.
pub fn today() -> String {
    jiujinan::time::day(jiff::Timestamp::now()).to_string()
}

pub async fn available(world: &World, fund: &str) -> i64 {
    world.fund_now(fund).await.fen("/available_fen")
}

fn done(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 201).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fraud_found_later_is_repaid_in_six_instalments_with_a_fine() {
    let world = World::new().await;
    let fund = world.fund(STREET, 3_140_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let evidence = async || {
        let seen = world.get(&format!("/v1/cases/{id}"), &world.auditor()).await.expect(200).text;
        let row = world.sql_text("select c::text from aid_case as c").await;
        (seen, row, world.sql_text("select coalesce(string_agg(c::text, ';'), '') from claim as c").await)
    };
    let before = (evidence().await, world.counts().await);
    let mut body = asked(&id, &who, 234_000, 234_000);
    body["instalments"] =
        (1..=6).map(|month| json!({"due": format!("2990-{month:02}-28"), "amount_fen": 78_000})).collect::<Vec<_>>().into();
    body["bar_until"] = json!("2990-06-30");

    let imposed = impose(&world, &county(&world), &body).send().await.expect(201);

    let recovery = imposed.text_at("/id");
    assert_eq!((imposed.text_at("/state"), imposed.fen("/outstanding_fen")), ("open".into(), 468_000));
    assert_eq!(imposed.text_at("/receipt/leaf_hash").len(), 64);
    assert_eq!(available(&world, &fund).await, 2_906_000, "nothing has come in yet");
    for n in 1..=6 {
        let counted = receipt(&world, &recovery, 78_000, &format!("B-{n}")).send().await.expect(201);
        let (principal, fine) = (78_000 * n.min(3), 78_000 * (n - 3).max(0));
        assert_eq!((counted.fen("/repaid_principal_fen"), counted.fen("/repaid_fine_fen")), (principal, fine), "receipt {n}");
        let (to_fund, to_treasury) = if n <= 3 { (78_000, 0) } else { (0, 78_000) };
        assert_eq!((counted.fen("/counted/to_fund_fen"), counted.fen("/counted/to_treasury_fen")), (to_fund, to_treasury));
        assert_eq!(available(&world, &fund).await, 2_906_000 + principal, "the fine never reaches the fund");
        assert_eq!(counted.fen(&format!("/instalments/{}/repaid_fen", n - 1)), 78_000);
        assert_eq!(counted.text_at("/state"), if n < 6 { "open" } else { "settled" });
    }
    let found = world.get(&format!("/v1/recoveries/{recovery}"), &world.finance()).await.expect(200);
    assert_eq!((found.fen("/outstanding_fen"), found.at("/receipts").as_array().unwrap().len()), (0, 6));
    assert_eq!((found.text_at("/case_id"), found.text_at("/debtor/name")), (id.clone(), "测**".into()));
    assert!(!found.text.contains(&who), "the number is masked");

    let entries = world.sql_text("select count(*) || ' of ' || sum(amount) from entry where recovery_id is not null").await;
    assert_eq!(entries, "3 of 234000");
    assert_eq!(evidence().await, before.0, "the case stays as it was decided");
    let counts = world.counts().await;
    for table in ["aid_case", "claim", "hold", "case_note", "paper", "incident", "officer", "person"] {
        assert_eq!(counts[table], before.1[table], "{table}");
    }
    assert_eq!(world.sql_text("select year_granted::text from person").await, "234000", "the year's usage stays");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barred_person_is_helped_nowhere_until_the_day_and_others_are() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    world.fund(OTHER_STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let barred = |until: String| {
        let mut body = asked(&id, &who, 1, 0);
        body["bar_until"] = json!(until);
        impose(&world, &county(&world), &body)
    };
    let today = world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await;
    let yesterday = world.sql_text("select ((now() at time zone 'Asia/Shanghai')::date - 1)::text").await;

    let late = barred(yesterday).send().await.refused(400, "VALIDATION");
    assert_eq!(late.text_at("/errors/0/pointer"), "/bar_until");
    barred("2990-01-01".into()).send().await.expect(201);
    barred(today.clone()).send().await.expect(201);
    let until = world.sql_text("select barred_until::text from person where barred_until is not null").await;
    assert_eq!(until, "2990-01-01", "a bar is not shortened");

    let mut again = case(OTHER_STREET, 10_000);
    again["incident"]["cause"] = json!("fire");
    again["applicant"]["id_no"] = json!(who);
    world.fast_track(&again).send().await.refused(409, "BARRED");
    world.fast_track(&case(OTHER_STREET, 10_000)).send().await.expect(201);
    world.sql(&format!("update person set barred_until = '{today}' where barred_until is not null")).await;
    world.fast_track(&again).send().await.refused(409, "BARRED");
    world.sql("update person set barred_until = barred_until - 1 where barred_until is not null").await;
    world.fast_track(&again).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_may_owe_and_be_barred_without_ever_having_been_helped() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = paid_case(&world, &person()).await;
    let driver = person();
    let mut body = asked(&id, &driver, 234_000, 0);
    body["bar_until"] = json!("2990-01-01");
    impose(&world, &county(&world), &body).send().await.expect(201);
    let mut new = case(STREET, 10_000);
    new["applicant"]["id_no"] = json!(driver);
    world.fast_track(&new).send().await.refused(409, "BARRED");
    assert_eq!(world.count("person").await, 2);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_lies_in_the_range_of_the_law_and_is_the_countys() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    for fine in [117_000, 233_999, 702_001, 819_000] {
        let wrong = impose(&world, &county(&world), &asked(&id, &who, 234_000, fine)).send().await.refused(400, "VALIDATION");
        assert_eq!(wrong.text_at("/errors/0/pointer"), "/fine_fen");
        assert!(wrong.text_at("/detail").contains("234000 to 702000"), "{}", wrong.text);
    }
    let street = world.token(&[Role::Approver], STREET, "approver-2");
    let fined = impose(&world, &street, &asked(&id, &who, 234_000, 234_000));
    let refused = fined.clone().send().await.refused(409, "NEEDS_COUNTY");
    assert_eq!(refused.text_at("/case_id"), id);
    assert_eq!(fined.send().await.refused(409, "NEEDS_COUNTY").text, refused.text, "recorded, and final for its key");
    let mut bar = asked(&id, &who, 234_000, 0);
    bar["bar_until"] = json!("2990-01-01");
    impose(&world, &street, &bar).send().await.refused(409, "NEEDS_COUNTY");
    assert_eq!(world.count("recovery").await, 0);
    assert_eq!(world.sql_text("select count(*)::text from person where barred_until is not null").await, "0");

    let plain = impose(&world, &street, &asked(&id, &who, 78_000, 0)).send().await.expect(201);
    assert_eq!((plain.fen("/fine_fen"), plain.at("/instalments").as_array().unwrap().len()), (0, 1));
    impose(&world, &county(&world), &asked(&id, &who, 156_000, 468_000)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_range_and_the_days_are_dated_parameters() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let own = ("[fund]\n", "[recovery]\nfine_range = [\"0.5\", \"1.5\"]\ninstalment_days = 0\n\n[fund]\n");
    let server = world.server_with_rules(STREET, &[own]).await;
    let ask = |principal, fine| {
        world.ask_at(&server, Method::POST, "/v1/recoveries").by(&county(&world)).json(&asked(&id, &who, principal, fine)).once()
    };
    for fine in [1, 2, 5] {
        ask(3, fine).send().await.expect(if (2..=4).contains(&fine) { 201 } else { 400 });
    }
    let due = ask(1, 0).send().await.expect(201).text_at("/instalments/0/due");
    assert_eq!(due, world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_back_what_they_paid_or_signed_themselves() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    for officer in ["clerk-1", "approver-1"] {
        let token = world.token(&[Role::Finance, Role::Approver], "3403", officer);
        impose(&world, &token, &asked(&id, &who, 1, 0)).send().await.refused(409, "SAME_PERSON_SIGNED");
    }
    let elsewhere = world.token(&[Role::Approver], OTHER_STREET, "approver-9");
    impose(&world, &elsewhere, &asked(&id, &who, 1, 0)).send().await.refused(404, "NOT_FOUND");
    let clerk = world.token(&[Role::Clerk], STREET, "clerk-2");
    impose(&world, &clerk, &asked(&id, &who, 1, 0)).send().await.refused(403, "FORBIDDEN");
    assert_eq!(world.count("recovery").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_asked_back_than_was_paid() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    impose(&world, &county(&world), &asked(&id, &who, 234_001, 0)).send().await.refused(409, "CONFLICT");
    // One false member of three: 780 yuan.
    let one = impose(&world, &county(&world), &asked(&id, &who, 78_000, 78_000)).send().await.expect(201);
    assert_eq!(one.fen("/outstanding_fen"), 156_000);
    let more = impose(&world, &county(&world), &asked(&id, &who, 156_001, 0)).send().await.refused(409, "CONFLICT");
    assert!(more.text_at("/detail").contains("1560.00"), "{}", more.text);
    impose(&world, &county(&world), &asked(&id, &who, 156_000, 0)).send().await.expect(201);
    impose(&world, &county(&world), &asked(&id, &who, 1, 0)).send().await.refused(409, "CONFLICT");

    // What is granted and still held was not paid.
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 10_000}]);
    let part = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    impose(&world, &county(&world), &asked(&part, &who, 10_001, 0)).send().await.refused(409, "CONFLICT");
    let recovery = impose(&world, &county(&world), &asked(&part, &who, 10_000, 0)).send().await.expect(201).text_at("/id");
    receipt(&world, &recovery, 10_000, "B-1").send().await.expect(201);
    let rest = json!({"payments": [{"method": "cash"}]});
    let cashier = world.token(&[Role::Cashier], STREET, "cashier-1");
    world.post(&format!("/v1/cases/{part}/payments"), &cashier, &rest).once().send().await.expect(201);
    impose(&world, &county(&world), &asked(&part, &who, 50_000, 0)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_at_once_over_two_servers_never_return_too_much() {
    let world = World::new().await;
    let second = world.another_server().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let recovery = impose(&world, &county(&world), &asked(&id, &who, 234_000, 0)).send().await.expect(201).text_at("/id");
    let path = format!("/v1/recoveries/{recovery}/receipts");
    let at = |n: i32, reference: String| {
        let body = json!({"amount_fen": 30_000, "reference": reference, "received_on": today()});
        let server = if n % 2 == 0 { &world.server } else { &second };
        world.ask_at(server, Method::POST, &path).by(&world.finance()).json(&body).once().send()
    };

    let different = join_all((0..12).map(|n| at(n, format!("B-{n}")))).await;
    assert_eq!(done(&different), 12);
    let found = world.get(&format!("/v1/recoveries/{recovery}"), &world.finance()).await.expect(200);
    assert_eq!((found.fen("/repaid_principal_fen"), found.fen("/overpaid_fen")), (234_000, 126_000));
    assert_eq!((found.text_at("/state"), found.fen("/version")), ("settled".into(), 13));
    assert_eq!(available(&world, &fund).await, 1_000_000);

    let same = join_all((0..12).map(|n| at(n, "B-99".into()))).await;
    assert_eq!(done(&same), 1);
    assert!(same.iter().all(|answer| answer.status == 201 || answer.code() == "CONFLICT"), "{same:?}");
    assert_eq!(world.count("recovery_receipt").await, 13);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_ask_for_the_same_money_at_once_get_it_once() {
    let world = World::new().await;
    let second = world.another_server().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let asks = (0..8).map(|n| {
        let server = if n % 2 == 0 { &world.server } else { &second };
        let token = world.token(&[Role::Approver], "340303", &format!("county-{n}"));
        let body = asked(&id, &who, 234_000, 0);
        world.ask_at(server, Method::POST, "/v1/recoveries").by(&token).json(&body).once().send()
    });
    assert_eq!(done(&join_all(asks).await), 1);
    assert_eq!(world.count("recovery").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_of_a_recovery_answers_the_same_key_with_the_same_bytes() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let first = impose(&world, &county(&world), &asked(&id, &who, 100_000, 100_000));
    let recovery = first.clone().send().await.expect(201).text_at("/id");
    let path = format!("/v1/recoveries/{recovery}");
    let write_off = json!({"reason": "hardship", "note": "无力偿还"});
    let write_off = world.post(&format!("{path}/write-off"), &world.finance(), &write_off).once();
    let refund = json!({"amount_fen": 1, "reference": "R-1"});
    let refund = world.post(&format!("{path}/refunds"), &world.finance(), &refund).once();
    let asks = [
        first,
        receipt(&world, &recovery, 50_000, "B-1"),
        world.countersign(write_off, "approver-8"),
        receipt(&world, &recovery, 1, "B-2"),
        world.countersign(refund, "approver-8"),
    ];
    for ask in asks {
        let first = ask.clone().send().await;
        assert!(matches!(first.status, 200 | 201), "{}", first.text);
        let again = ask.send().await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true");
    }
    assert_eq!((world.count("recovery").await, world.count("recovery_receipt").await), (1, 2));
    assert_eq!(available(&world, &fund).await, 816_000);
    world.check_invariants().await;
}
