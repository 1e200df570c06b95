//! What a box should hold: less what was paid while nobody held it, never more than the fund has, and somebody is told what differs.

use jiff::ToSpan;
use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cash_differences::resolve;
use crate::custody::{OPEN, cashier, closing, open, opening, pay, shift_now, transfer, transfer_on};
use crate::world::{OTHER_STREET, STREET, World, case, today};

/// Leaves that say something.
async fn leaves(world: &World, said: &str) -> String {
    world.sql_text(&format!("select count(*)::text from leaf where convert_from(bytes, 'utf8') like '%{said}%'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_household_was_paid_between_two_shifts_is_no_loss() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let first = open(&world, "cashier-1", 0).await;
    transfer(&world, &first, "cashier-1", "drawn", 100_000).send().await.expect(201);
    closing(&world, &first, "cashier-1", 100_000).send().await.expect(200);
    pay(&world, 20_000).await;
    pay(&world, 10_000).await;
    let mut transferred = case(STREET, 5_000);
    transferred["payments"] = json!([{"method": "bank", "account": "6217000000000001234", "account_name": "测试人"}]);
    world.fast_track(&transferred).send().await.expect(201);

    let ask = opening(&world, "cashier-2", 70_000);
    let second = ask.clone().send().await.expect(201);

    assert_eq!((second.fen("/difference_fen"), second.at("/difference_id")), (0, Value::Null));
    assert_eq!((second.fen("/paid_between_fen"), second.fen("/paid_between_count")), (30_000, 2));
    assert_eq!((second.fen("/expected_fen"), second.fen("/payments/count")), (70_000, 0));
    assert_eq!(ask.send().await.text, second.text);
    assert_eq!((world.count("cash_difference").await, world.count("alarm").await), (0, 0));
    assert_eq!(leaves(&world, "\"paid_between_count\":2,\"paid_between_fen\":30000").await, "1");
    let id = second.text_at("/id");
    assert_eq!(shift_now(&world, &id).await.fen("/paid_between_fen"), 30_000);
    assert_eq!(shift_now(&world, &first).await.fen("/paid_fen"), 0);
    // What is missing besides is missing; what was paid in the shift is not counted again.
    pay(&world, 15_000).await;
    closing(&world, &id, "cashier-2", 55_000).send().await.expect(200);
    pay(&world, 5_000).await;
    let third = opening(&world, "cashier-1", 49_000).send().await.expect(201);
    assert_eq!((third.fen("/difference_fen"), third.fen("/paid_between_fen")), (-1_000, 5_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_race_an_opening_are_before_it_or_in_the_shift() {
    let world = World::new().await;
    world.fund(STREET, 5_000_000).await;
    let other = world.another_server().await;
    let first = open(&world, "cashier-1", 1_000_000).await;
    closing(&world, &first, "cashier-1", 1_000_000).send().await.expect(200);
    let bodies: Vec<_> = (0..24).map(|_| case(STREET, 10_000)).collect();
    let pays = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| if n % 2 == 0 { world.fast_track(body).send() } else { world.fast_track_at(&other, body).send() });
    let (paid, opened) = tokio::join!(futures_util::future::join_all(pays), opening(&world, "cashier-2", 1_000_000).send());
    assert!(paid.iter().all(|answer| answer.status == 201));
    let opened = opened.expect(201);
    assert_eq!(opened.fen("/paid_between_fen"), opened.fen("/paid_between_count") * 10_000);
    assert_eq!(opened.fen("/difference_fen"), opened.fen("/paid_between_fen"));
    let after = shift_now(&world, &opened.text_at("/id")).await;
    assert_eq!(after.fen("/paid_fen") + opened.fen("/paid_between_fen"), 240_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fund_above_paid_in_another_street_is_not_missing_in_this_box() {
    let world = World::new().await;
    let county = world.fund("340303", 1_000_000).await;
    let body = |count_fen: i64| json!({"fund_id": county, "division": STREET, "count_fen": count_fen});
    let first = world.post(OPEN, &cashier(&world, "cashier-1"), &body(50_000)).once().send().await.expect(201).text_at("/id");
    closing(&world, &first, "cashier-1", 50_000).send().await.expect(200);
    for (street, fen) in [(STREET, 20_000), ("340303002", 10_000)] {
        let mut paid = case(street, fen);
        paid["fund_id"] = json!(county);
        world.fast_track(&paid).send().await.expect(201);
    }
    let second = world.post(OPEN, &cashier(&world, "cashier-1"), &body(30_000)).once().send().await.expect(201);
    assert_eq!((second.fen("/difference_fen"), second.fen("/paid_between_fen")), (0, 20_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_because_a_draw_was_not_recorded_is_never_booked() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let first = open(&world, "cashier-1", 0).await;
    pay(&world, 60_000).await;
    let closed = closing(&world, &first, "cashier-1", 40_000).send().await.expect(200);
    assert_eq!((closed.fen("/expected_fen"), closed.fen("/difference_fen")), (-60_000, 100_000));

    let id = closed.text_at("/difference_id");
    let refused = resolve(&world, &id, "booked").await.refused(409, "CONFLICT");

    assert!(refused.text_at("/detail").contains("a draw was not recorded"), "{}", refused.text);
    assert_eq!(refused.fen("/expected_fen"), -60_000);
    assert_eq!(leaves(&world, "custody.refused").await, "1");
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 100_000, "no money came out of nothing");
    resolve(&world, &id, "explained").await.expect(200);
    // At an opening, too: more was paid than the last shift left.
    pay(&world, 40_000).await;
    world.top_up(&fund, 50_000).await.expect(201);
    pay(&world, 10_000).await;
    let second = opening(&world, "cashier-2", 5_000).send().await.expect(201);
    assert_eq!(second.fen("/difference_fen"), 15_000);
    let id = second.text_at("/difference_id");
    resolve(&world, &id, "booked").await.refused(409, "CONFLICT");
    resolve(&world, &id, "explained").await.expect(200);
    let listed = world.get("/v1/custody/differences", &world.auditor()).await.expect(200);
    assert_eq!((listed.fen("/items/0/expected_fen"), listed.fen("/items/1/expected_fen")), (-10_000, -60_000));
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 150_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_is_recorded_late_and_never_ahead() {
    let world = World::new().await;
    world.fund(STREET, 100_000).await;
    let shift = open(&world, "cashier-1", 0).await;
    pay(&world, 60_000).await;
    let today: jiff::civil::Date = today().parse().unwrap();
    for wrong in [today + 1.day(), today - 32.days(), today - 400.days()] {
        let refused = transfer_on(&world, &shift, "cashier-1", "drawn", 100, &wrong.to_string()).send().await;
        assert_eq!(refused.refused(400, "VALIDATION").text_at("/errors/0/pointer"), "/value_date", "{wrong}");
    }
    assert_eq!(world.count("cash_transfer").await, 0);

    let late = transfer_on(&world, &shift, "cashier-1", "drawn", 99_000, &(today - 31.days()).to_string()).send().await;

    assert_eq!(late.expect(201).fen("/expected_fen"), 39_000);
    transfer(&world, &shift, "cashier-1", "drawn", 1_000).send().await.expect(201);
    let closed = closing(&world, &shift, "cashier-1", 40_000).send().await.expect(200);
    assert_eq!(closed.fen("/difference_fen"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_box_is_filled_above_all_that_its_fund_has() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let other = world.another_server().await;
    let shift = open(&world, "cashier-1", 10_000).await;
    let (token, body) = (
        cashier(&world, "cashier-1"),
        |fen: i64| json!({"shift_id": shift, "direction": "drawn", "amount_fen": fen, "reference": "现支-2", "value_date": today()}),
    );
    let beyond = transfer(&world, &shift, "cashier-1", "drawn", 90_001);
    let refused = beyond.clone().send().await.refused(409, "FUND_INSUFFICIENT");
    assert_eq!((refused.fen("/expected_fen"), refused.fen("/has_fen")), (10_000, 100_000));
    assert_eq!(refused.fen("/fund/available_fen"), 100_000);
    // Once refused, the key stays refused, whatever comes in meanwhile.
    world.top_up(&fund, 10_000).await.expect(201);
    assert_eq!(beyond.send().await.text, refused.text);
    assert_eq!((leaves(&world, "custody.refused").await, world.count("cash_transfer").await), ("1".into(), 0));

    let asks = (0..8).map(|n| {
        let server = if n % 2 == 0 { &world.server } else { &other };
        world.ask_at(server, Method::POST, "/v1/custody/transfers").by(&token).json(&body(40_000)).once().send()
    });
    let answers = futures_util::future::join_all(asks).await;

    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "FUND_INSUFFICIENT"));
    // What is paid leaves the box and the fund.
    pay(&world, 50_000).await;
    transfer(&world, &shift, "cashier-1", "drawn", 20_001).send().await.refused(409, "FUND_INSUFFICIENT");
    let full = transfer(&world, &shift, "cashier-1", "drawn", 20_000).send().await.expect(201);
    assert_eq!((full.fen("/expected_fen"), world.fund_now(&fund).await.fen("/available_fen")), (60_000, 60_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_count_above_all_that_the_fund_has_differs_from_the_start() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    pay(&world, 40_000).await;
    let opened = opening(&world, "cashier-1", 80_000).send().await.expect(201);
    assert_eq!((opened.fen("/difference_fen"), opened.fen("/opening_fen")), (20_000, 80_000));
    assert_eq!(opened.fen("/paid_between_fen"), 0, "nobody held the box before");
    let over = opened.text_at("/difference_id");
    assert_eq!(resolve(&world, &over, "booked").await.expect(200).fen("/fund/available_fen"), 80_000);
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 120_000);
    let all = world.token(&[Role::Cashier], OTHER_STREET, "cashier-2");
    world.fund(OTHER_STREET, 100_000).await;
    let body = json!({"division": OTHER_STREET, "count_fen": 100_000});
    let exact = world.post(OPEN, &all, &body).once().send().await.expect(201);
    assert_eq!((exact.fen("/difference_fen"), exact.at("/difference_id")), (0, Value::Null));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_differs_is_told_once() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let shift = open(&world, "cashier-1", 50_000).await;
    let close = closing(&world, &shift, "cashier-1", 40_000);
    let id = close.clone().send().await.expect(200).text_at("/difference_id");
    close.send().await.expect(200);
    let told = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((told.text_at("/items/0/kind"), told.text_at("/items/0/about")), ("cash_difference".into(), id.clone()));
    assert_eq!((told.fen("/items/0/amount_fen"), told.text_at("/items/0/division")), (10_000, STREET.into()));
    let elsewhere = world.token(&[Role::Approver], OTHER_STREET, "approver-2");
    assert_eq!(world.get("/v1/alarms", &elsewhere).await.expect(200).at("/items"), json!([]));
    resolve(&world, &id, "explained").await.expect(200);
    assert_eq!(world.count("alarm").await, 1);
    world.check_invariants().await;
}
