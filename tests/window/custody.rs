//! Cash custody: shifts with counts, cash drawn and paid in, signatures, differences, and who may not hold the box.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case, today};

pub const OPEN: &str = "/v1/custody/shifts";

pub fn cashier(world: &World, sub: &str) -> String {
    world.token(&[Role::Cashier], STREET, sub)
}

pub fn opening(world: &World, sub: &str, count_fen: i64) -> Ask {
    world.post(OPEN, &cashier(world, sub), &json!({"division": STREET, "count_fen": count_fen})).once()
}

pub async fn open(world: &World, sub: &str, count_fen: i64) -> String {
    opening(world, sub, count_fen).send().await.expect(201).text_at("/id")
}

pub fn closing(world: &World, shift: &str, sub: &str, count_fen: i64) -> Ask {
    world.post(&format!("{OPEN}/{shift}/close"), &cashier(world, sub), &json!({"count_fen": count_fen})).once()
}

pub fn transfer(world: &World, shift: &str, sub: &str, direction: &str, fen: i64) -> Ask {
    transfer_on(world, shift, sub, direction, fen, &today())
}

pub fn transfer_on(world: &World, shift: &str, sub: &str, direction: &str, fen: i64, day: &str) -> Ask {
    let body = json!({"shift_id": shift, "direction": direction, "amount_fen": fen, "reference": "现支-1", "value_date": day});
    world.post("/v1/custody/transfers", &cashier(world, sub), &body).once()
}

/// Pays in cash at once, and returns the receipt.
pub async fn pay(world: &World, fen: i64) -> String {
    let paid = world.fast_track(&case(STREET, fen)).send().await.expect(201);
    assert_eq!(paid.text_at("/payments/0/state"), "paid");
    paid.text_at("/payments/0/receipt_number")
}

pub fn sign(world: &World, receipt: &str, by: &str, reference: &str) -> Ask {
    let body = json!({"receipt_number": receipt, "received_by": by, "signature_ref": reference});
    world.post("/v1/custody/signatures", &world.clerk(STREET), &body).once()
}

pub async fn shift_now(world: &World, shift: &str) -> Answer {
    world.get(&format!("{OPEN}/{shift}"), &world.auditor()).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_adds_up() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let opened = opening(&world, "cashier-1", 50_000).send().await.expect(201);
    assert_eq!((opened.text_at("/state"), opened.fen("/ordinal"), opened.fen("/expected_fen")), ("open".into(), 1, 50_000));
    assert_eq!((opened.fen("/difference_fen"), opened.at("/difference_id")), (0, Value::Null), "a first count is as it is");
    let shift = opened.text_at("/id");

    let drawn = transfer(&world, &shift, "cashier-1", "drawn", 200_000).send().await.expect(201);
    assert_eq!(
        (drawn.fen("/expected_fen"), drawn.fen("/fund/available_fen"), drawn.fen("/fund/version")),
        (250_000, 1_000_000, 2)
    );
    let receipts = [pay(&world, 60_000).await, pay(&world, 78_000).await, pay(&world, 12_000).await];
    let bank = json!([{"method": "bank", "account": "6217000000000001234", "account_name": "测试人"}]);
    let mut transferred = case(STREET, 30_000);
    transferred["payments"] = bank;
    world.fast_track(&transferred).send().await.expect(201);
    sign(&world, &receipts[0], "payee", "扫描-1").send().await.expect(200);
    let now = shift_now(&world, &shift).await;
    assert_eq!((now.fen("/paid_fen"), now.fen("/expected_fen"), now.at("/counted_fen")), (150_000, 100_000, Value::Null));
    assert_eq!(now.fen("/transfers/0/amount_fen"), 200_000);
    let paid_in = transfer(&world, &shift, "cashier-1", "paid_in", 60_000).send().await.expect(201);
    assert_eq!(paid_in.fen("/expected_fen"), 40_000);

    let close = closing(&world, &shift, "cashier-1", 40_000);
    let closed = close.clone().send().await.expect(200);

    assert_eq!(
        (closed.text_at("/state"), closed.fen("/opening_fen"), closed.fen("/drawn_fen")),
        ("closed".into(), 50_000, 200_000)
    );
    assert_eq!((closed.fen("/paid_in_fen"), closed.fen("/paid_fen"), closed.fen("/expected_fen")), (60_000, 150_000, 40_000));
    assert_eq!((closed.fen("/counted_fen"), closed.fen("/difference_fen")), (40_000, 0));
    assert_eq!(closed.at("/payments"), json!({"count": 3, "unsigned": receipts[1..], "unsigned_sealed": 0}));
    assert_eq!((closed.at("/difference_id"), closed.text_at("/receipt/leaf_hash").len()), (Value::Null, 64));
    let again = close.send().await.expect(200);
    assert_eq!((again.text, again.headers.get("idempotent-replayed").unwrap().as_bytes()), (closed.text, &b"true"[..]));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/credited_fen"), now.fen("/paid_fen"), now.fen("/held_fen")), (1_000_000, 150_000, 30_000));
    assert_eq!(world.count("cash_difference").await, 0);
    // The next shift begins with what was counted.
    let next = opening(&world, "cashier-2", 40_000).send().await.expect(201);
    assert_eq!((next.fen("/ordinal"), next.fen("/difference_fen"), next.fen("/payments/count")), (2, 0, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_is_opened_once_over_two_servers_and_closed_once() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let other = world.another_server().await;
    let body = json!({"division": STREET, "count_fen": 100});
    let asks = (0..10).map(|n| {
        let token = cashier(&world, &format!("cashier-{n}"));
        let server = if n % 2 == 0 { &world.server } else { &other };
        world.ask_at(server, reqwest::Method::POST, OPEN).by(&token).json(&body).once().send()
    });
    let answers = futures_util::future::join_all(asks).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "CONFLICT"));
    let (shift, holder) = (won[0].text_at("/id"), won[0].text_at("/custodian"));

    let closes = futures_util::future::join_all((0..6).map(|n| {
        let token = cashier(&world, &holder);
        let server = if n % 2 == 0 { &world.server } else { &other };
        let ask = world.ask_at(server, reqwest::Method::POST, &format!("{OPEN}/{shift}/close"));
        ask.by(&token).json(&json!({"count_fen": 90})).once().send()
    }));
    let closed = closes.await;

    assert_eq!(closed.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(closed.iter().all(|answer| answer.status == 200 || answer.code() == "CONFLICT"));
    assert_eq!((world.count("custody_shift").await, world.count("cash_difference").await), (1, 1));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_holds_one_box_at_a_time_anywhere_in_the_city() {
    let world = World::new().await;
    world.fund(STREET, 100_000).await;
    world.fund(OTHER_STREET, 100_000).await;
    let other = world.another_server().await;
    let token = world.token(&[Role::Cashier], "3403", "cashier-1");
    let asks = (0..8).map(|n| {
        let (server, street) = if n % 2 == 0 { (&world.server, STREET) } else { (&other, OTHER_STREET) };
        let body = json!({"division": street, "count_fen": 0});
        world.ask_at(server, reqwest::Method::POST, OPEN).by(&token).json(&body).once().send()
    });
    let answers = futures_util::future::join_all(asks).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "CONFLICT"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_race_a_closing_are_in_the_shift_or_after_it() {
    let world = World::new().await;
    world.fund(STREET, 5_000_000).await;
    let other = world.another_server().await;
    let shift = open(&world, "cashier-1", 1_000_000).await;
    let bodies: Vec<_> = (0..24).map(|_| case(STREET, 10_000)).collect();
    let pays = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| if n % 2 == 0 { world.fast_track(body).send() } else { world.fast_track_at(&other, body).send() });
    let (paid, closed) =
        tokio::join!(futures_util::future::join_all(pays), closing(&world, &shift, "cashier-1", 1_000_000).send());
    assert!(paid.iter().all(|answer| answer.status == 201));
    let closed = closed.expect(200);
    assert_eq!(closed.fen("/paid_fen"), closed.fen("/payments/count") * 10_000);
    assert_eq!(closed.fen("/difference_fen"), closed.fen("/paid_fen"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_paid_in_than_the_box_should_hold_and_nothing_is_drawn_for_a_frozen_fund() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 5_000).await;
    let refused = transfer(&world, &shift, "cashier-1", "paid_in", 5_001).send().await.refused(409, "CONFLICT");
    assert_eq!(refused.fen("/expected_fen"), 5_000);
    transfer(&world, &shift, "cashier-2", "drawn", 1).send().await.refused(403, "FORBIDDEN");
    closing(&world, &shift, "cashier-2", 5_000).send().await.refused(403, "FORBIDDEN");
    let freeze = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &freeze).once().send().await.expect(200);
    let frozen = transfer(&world, &shift, "cashier-1", "drawn", 1);
    let first = frozen.clone().send().await.refused(409, "FUND_FROZEN");
    assert_eq!(frozen.send().await.text, first.text);
    transfer(&world, &shift, "cashier-1", "paid_in", 5_000).send().await.expect(201);
    // Finance closes for a custodian who is away.
    let close = world.post(&format!("{OPEN}/{shift}/close"), &world.finance(), &json!({"count_fen": 0, "note": "陈某住院"}));
    assert_eq!(close.once().send().await.expect(200).text_at("/closed_by"), "finance-1");
    transfer(&world, &shift, "cashier-1", "drawn", 1).send().await.refused(409, "CONFLICT");
    assert_eq!(world.count("cash_transfer").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_in_at_once_never_take_more_out_than_there_is() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let other = world.another_server().await;
    let shift = open(&world, "cashier-1", 5_000).await;
    let body =
        json!({"shift_id": shift, "direction": "paid_in", "amount_fen": 1_000, "reference": "缴存", "value_date": today()});
    let token = cashier(&world, "cashier-1");
    let asks = (0..12).map(|n| {
        let server = if n % 2 == 0 { &world.server } else { &other };
        world.ask_at(server, reqwest::Method::POST, "/v1/custody/transfers").by(&token).json(&body).once().send()
    });
    let answers = futures_util::future::join_all(asks).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
    assert_eq!(shift_now(&world, &shift).await.fen("/expected_fen"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_added_once_and_nothing_but_cash_is_signed_for() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let receipt = pay(&world, 10_000).await;
    let signed = sign(&world, &receipt, "proxy", "扫描-7").send().await.expect(200);
    assert_eq!((signed.text_at("/officer"), signed.text_at("/received_by")), ("clerk-1".into(), "proxy".into()));
    let again = sign(&world, &receipt, "proxy", "扫描-7").send().await.expect(200);
    assert_eq!((again.at("/at"), again.at("/officer")), (signed.at("/at"), signed.at("/officer")));
    sign(&world, &receipt, "proxy", "扫描-8").send().await.refused(409, "CONFLICT");
    sign(&world, &receipt, "payee", "扫描-7").send().await.refused(409, "CONFLICT");
    assert_eq!(world.count("cash_signature").await, 1);

    let mut body = case(STREET, 20_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 10_000, "signature_ref": "扫描-9"},
        {"method": "bank", "account": "6217000000000001234", "account_name": "测试人"}]);
    let paid = world.fast_track(&body).send().await.expect(201);
    let (cash, bank) = (paid.text_at("/payments/0/receipt_number"), paid.text_at("/payments/1/receipt_number"));
    sign(&world, &cash, "payee", "扫描-9").send().await.expect(200);
    sign(&world, &cash, "payee", "扫描-1").send().await.refused(409, "CONFLICT");
    sign(&world, &bank, "payee", "扫描-1").send().await.refused(409, "CONFLICT");
    sign(&world, "JJN-340303001-20261121-9999-1", "payee", "x").send().await.refused(404, "NOT_FOUND");
    for wrong in ["JJN-340303001-20261121-0001", "", "现金"] {
        sign(&world, wrong, "payee", "x").send().await.refused(400, "VALIDATION");
    }
    assert_eq!(world.count("cash_signature").await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_cases_count_in_the_box_and_are_in_no_list() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 20_000).await;
    let mut body = case(STREET, 10_000);
    body["sealed"] = json!(true);
    let receipt = world.fast_track(&body).send().await.expect(201).text_at("/payments/0/receipt_number");
    let theirs = json!({"receipt_number": receipt, "received_by": "payee", "signature_ref": "x"});
    world.post("/v1/custody/signatures", &cashier(&world, "cashier-1"), &theirs).once().send().await.refused(404, "NOT_FOUND");
    let closed = closing(&world, &shift, "cashier-1", 10_000).send().await.expect(200);
    assert_eq!(closed.at("/payments"), json!({"count": 1, "unsigned": [], "unsigned_sealed": 1}));
    assert_eq!(closed.fen("/difference_fen"), 0);
    sign(&world, &receipt, "payee", "扫描-1").send().await.expect(200);
    assert_eq!(shift_now(&world, &shift).await.fen("/payments/unsigned_sealed"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_street_sees_and_does_nothing() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 5_000).await;
    let receipt = pay(&world, 1_000).await;
    let other = world.token(&[Role::Cashier], OTHER_STREET, "cashier-1");
    world.get(&format!("{OPEN}/{shift}"), &other).await.refused(404, "NOT_FOUND");
    world.get(&format!("{OPEN}?division={STREET}"), &other).await.refused(404, "NOT_FOUND");
    assert_eq!(world.get(OPEN, &other).await.expect(200).at("/items"), json!([]));
    let close = world.post(&format!("{OPEN}/{shift}/close"), &other, &json!({"count_fen": 0})).once();
    close.send().await.refused(404, "NOT_FOUND");
    let drawn = json!({"shift_id": shift, "direction": "drawn", "amount_fen": 1, "reference": "R", "value_date": today()});
    world.post("/v1/custody/transfers", &other, &drawn).once().send().await.refused(404, "NOT_FOUND");
    let body = json!({"receipt_number": receipt, "received_by": "payee", "signature_ref": "x"});
    world.post("/v1/custody/signatures", &other, &body).once().send().await.refused(404, "NOT_FOUND");
    let at_home = json!({"division": OTHER_STREET, "count_fen": 0});
    world.post(OPEN, &other, &at_home).once().send().await.refused(404, "NOT_FOUND");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_of_a_fund_above_the_street_is_counted_by_the_street() {
    let world = World::new().await;
    let county = world.fund("340303", 1_000_000).await;
    world.fund(STREET, 1_000_000).await;
    let body = json!({"fund_id": county, "division": STREET, "count_fen": 50_000});
    let shift = world.post(OPEN, &cashier(&world, "cashier-1"), &body).once().send().await.expect(201).text_at("/id");
    let mut paid = case(STREET, 20_000);
    paid["fund_id"] = json!(county);
    world.fast_track(&paid).send().await.expect(201);
    pay(&world, 10_000).await;
    let seen = world.get(&format!("{OPEN}/{shift}"), &cashier(&world, "cashier-1")).await.expect(200);
    assert_eq!((seen.fen("/paid_fen"), seen.fen("/payments/count")), (20_000, 1), "only what this fund paid");
    let closed = closing(&world, &shift, "cashier-1", 30_000).send().await.expect(200);
    assert_eq!(closed.fen("/difference_fen"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_forms_are_told_where() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 5_000).await;
    let token = cashier(&world, "cashier-2");
    for (body, pointer) in [
        (json!({"division": "340303", "count_fen": 0}), "/division"),
        (json!({"division": "340303001001", "count_fen": 0}), "/division"),
        (json!({"division": STREET, "count_fen": -1}), "/count_fen"),
        (json!({"division": STREET, "count_fen": 1_000_000_000_001_i64}), "/count_fen"),
        (json!({"division": STREET}), "/count_fen"),
    ] {
        let answer = world.post(OPEN, &token, &body).once().send().await.refused(400, "VALIDATION");
        assert_eq!(answer.text_at("/errors/0/pointer"), pointer, "{body}");
    }
    let good = json!({"shift_id": shift, "direction": "drawn", "amount_fen": 1, "reference": "R", "value_date": today()});
    for (field, value) in [
        ("value_date", json!(null)),
        ("value_date", json!("1900-01-01")),
        ("amount_fen", json!(0)),
        ("direction", json!("out")),
        ("reference", json!("")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = world.post("/v1/custody/transfers", &cashier(&world, "cashier-1"), &body).once().send().await;
        assert_eq!(answer.refused(400, "VALIDATION").text_at("/errors/0/pointer"), format!("/{field}"));
    }
    let full = closing(&world, &shift, "cashier-1", 1_000_000_000_000).send().await.expect(200);
    assert_eq!(full.fen("/difference_fen"), 999_999_995_000);
    world.check_invariants().await;
}
