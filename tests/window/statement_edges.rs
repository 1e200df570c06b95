//! Statements at their edges: equal amounts, other days, pages, returns told twice, races, loans.

use futures_util::future::join_all;
use serde_json::json;

use crate::statements::{all_paid, top_up, transfer};
use crate::world::bank::{Bank, result};
use crate::world::statement::{Paper, codes};
use crate::world::{Answer, STREET, World, case, today, until};

fn sums(balance: &Answer) -> [i64; 6] {
    let sides = ["/received_not_by_bank", "/paid_not_by_bank", "/received_not_by_us", "/paid_not_by_us"];
    let [a, b, c, d] = sides.map(|side| balance.fen(&format!("{side}/sum_fen")));
    [balance.fen("/bank_fen"), a, b, c, d, balance.fen("/unexplained_fen")]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_comes_back_once_however_often_it_is_told() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let (fund, number) = world.fund_at_bank(STREET, "street_reserve").await;
    top_up(&world, &fund, 300_000, "T-1", "2025-12-31").await;
    let [_, told, ..] = transfer(&world, &fund, 60_000).await;
    let [case_of_other, other, ..] = transfer(&world, &fund, 60_000).await;
    all_paid(&world, &fund, 120_000).await;
    // One return comes by the rail and by the statement, the other by the statement twice.
    bank.calls_back(&world.server, &result(&told, "returned")).await.expect(204);
    until("it came back", async || world.fund_now(&fund).await.fen("/held_fen") == 60_000).await;
    let paper = Paper::new(&number, 300_000)
        .line(-60_000, &told)
        .line(-60_000, &other)
        .line(60_000, &told)
        .line(60_000, &other)
        .line(60_000, &other);
    let taken = world.take_in(&fund, &paper).await;
    assert_eq!(taken.fen("/matched"), 3);
    let statement = taken.text_at("/id");
    assert_eq!(codes(&world.statement_now(&statement).await), ["RETURNED_PAYMENT", "RETURNED_PAYMENT"]);
    world.book_line(&statement, 4, "RETURNED_PAYMENT", "held").await.expect(201);
    let seen = world.get(&format!("/v1/cases/{case_of_other}"), &world.clerk(STREET)).await.expect(200);
    assert_eq!(seen.text_at("/payments/0/state"), "returned");
    assert_eq!(codes(&world.statement_now(&statement).await), ["DUPLICATE_AT_BANK"]);
    world.book_line(&statement, 5, "RETURNED_PAYMENT", "held").await.refused(409, "CONFLICT");
    world.book_line(&statement, 5, "UNKNOWN_CREDIT", "other_payable").await.refused(409, "CONFLICT");
    bank.calls_back(&world.server, &result(&other, "returned")).await.expect(204);
    let fund_now = world.fund_now(&fund).await;
    assert_eq!((fund_now.fen("/held_fen"), fund_now.fen("/paid_fen")), (120_000, 0));
    assert_eq!(world.count("hold where state = 'held'").await, 2);
    assert_eq!(sums(&world.balance(&fund).await), [360_000, 0, 0, 60_000, 0, 0]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_books_twice_is_matched_once_and_stands_as_a_duplicate() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    let first = Paper::new(&number, 0).line(10_000, "T-1").line(10_000, "T-1").line(10_001, "T-1");
    let taken = world.take_in(&fund, &first).await;
    assert_eq!(taken.fen("/matched"), 1);
    let statement = taken.text_at("/id");
    assert_eq!(codes(&world.statement_now(&statement).await), ["DUPLICATE_AT_BANK", "UNKNOWN_CREDIT"]);
    // Again on the next page.
    let next = world.take_in(&fund, &first.next().line(10_000, "T-1")).await;
    assert_eq!((next.fen("/matched"), next.fen("/matched_before")), (0, 0));
    assert_eq!(next.text_at("/differences/0/code"), "DUPLICATE_AT_BANK");
    assert_eq!(sums(&world.balance(&fund).await), [40_001, 0, 0, 30_001, 0, 0]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_booked_here_later_finds_its_line_with_the_next_page() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    let first = Paper::new(&number, 0).line(10_000, "T-1");
    let statement = world.take_in(&fund, &first).await.text_at("/id");
    assert_eq!(codes(&world.statement_now(&statement).await), ["UNKNOWN_CREDIT"]);
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    assert_eq!(sums(&world.balance(&fund).await), [10_000, 10_000, 0, 10_000, 0, 0]);
    let next = world.take_in(&fund, &first.next()).await;
    assert_eq!((next.fen("/lines"), next.fen("/matched"), next.fen("/matched_before")), (0, 0, 1));
    assert_eq!(sums(&world.balance(&fund).await), [10_000, 0, 0, 0, 0, 0]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_movement_that_the_bank_books_next_month_is_a_term_of_this_one() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    for (fen, reference) in [(50_000, "T-0"), (10_000, "T-1"), (30_000, "T-2")] {
        let body = json!({"amount_fen": fen, "reference": reference});
        world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &body).once().send().await.expect(201);
    }
    // Booked before the first statement, on its last day, and on the first day of the next.
    for (version, at) in [(1, "2026-09-30"), (2, "2026-10-31"), (3, "2026-11-01")] {
        world.sql(&format!("update entry set at = '{at} 23:59:59+08' where version = {version} and fund_id = '{fund}'")).await;
    }
    let october = Paper { from: "2026-10-01".into(), to: "2026-10-31".into(), ..Paper::new(&number, 50_000) };
    let october = october.line(30_000, "T-2").on("2026-10-31", "2026-10-30");
    let november = Paper { from: "2026-11-01".into(), to: today(), ..october.next() };
    let november = november.line(10_000, "T-1").on("2026-11-02", "2026-10-31");
    world.take_in(&fund, &october).await;
    world.take_in(&fund, &november).await;
    let on = async |date: &str| {
        let path = format!("/v1/reconciliation?fund={fund}&date={date}");
        sums(&world.get(&path, &world.finance()).await.expect(200))
    };
    assert_eq!(on("2026-10-30").await, [50_000, 0, 0, 0, 0, 0]);
    assert_eq!(on("2026-10-31").await, [80_000, 10_000, 0, 30_000, 0, 0]);
    assert_eq!(on("2026-11-01").await, [80_000, 10_000, 0, 0, 0, 0]);
    assert_eq!(on("2026-11-02").await, [90_000, 0, 0, 0, 0, 0]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opening_that_the_book_does_not_know_is_unexplained_and_said() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 50_000, "T-0", "2025-12-31").await;
    world.take_in(&fund, &Paper::new(&number, 50_100)).await;
    let balance = world.balance(&fund).await;
    assert_eq!((balance.fen("/unexplained_fen"), balance.fen("/opening_difference_fen")), (100, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_that_counts_for_interest_is_as_good_as_the_day_of_booking() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    let paper =
        Paper::new(&number, 0).line(10_000, "").on("2026-01-05", &today()).line(10_000, "").on("2026-01-05", "2026-01-05");
    assert_eq!(world.take_in(&fund, &paper).await.fen("/suggested"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_brought_to_two_servers_at_once_is_taken_in_once() {
    let world = World::new().await;
    let other = world.another_server().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    let paper = (0..200).fold(Paper::new(&number, 0).line(10_000, "T-1"), |paper, at| paper.line(100 + at, &format!("N-{at}")));
    let ask = world.statement(&fund, &paper).by(&world.finance());
    let asks = (0..4).map(|n| if n % 2 == 0 { ask.clone().once_more() } else { ask.clone().once_more().at(&other) });
    let answers = join_all(asks.map(|ask| ask.send())).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409], "{answers:?}");
    let counts = world.counts().await;
    assert_eq!(["statement", "statement_line", "statement_match"].map(|table| counts[table]), [1, 201, 1]);
    // The same request to both has one answer.
    let next = world.statement(&fund, &paper.next().line(1, "")).by(&world.finance());
    let answers = join_all([next.clone().send(), next.clone().at(&other).send(), next.at(&other).send()]).await;
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text), "{answers:?}");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_and_a_movement_are_matched_once_however_many_say_so() {
    let world = World::new().await;
    let other = world.another_server().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    let paper = Paper::new(&number, 0).line(10_000, "").line(10_000, "").line(7, "结息");
    let statement = world.take_in(&fund, &paper).await.text_at("/id");
    let asks = (0..8).map(|n| {
        let ask = match n % 4 {
            line @ (0 | 1) => world.say(&statement, "matches", &json!({"line": line + 1, "version": 1, "ordinal": 0})),
            _ => world.say(&statement, "bookings", &json!({"line": 3, "code": "INTEREST", "account": "interest_payable"})),
        };
        if n < 4 { ask } else { ask.at(&other) }
    });
    let answers = join_all(asks.map(|ask| ask.send())).await;
    let done = |range: &[usize]| range.iter().filter(|at| answers[**at].status == 201).count();
    assert_eq!((done(&[0, 1, 4, 5]), done(&[2, 3, 6, 7])), (1, 1), "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "CONFLICT"), "{answers:?}");
    let counts = world.counts().await;
    assert_eq!(["statement_match", "statement_booking", "entry"].map(|table| counts[table]), [2, 1, 2]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loan_is_a_line_of_both_accounts() {
    let world = World::new().await;
    let (fund, street) = world.fund_at_bank(STREET, "street_reserve").await;
    let (pool, county) = world.fund_at_bank("340303", "street_reserve").await;
    top_up(&world, &pool, 500_000, "T-1", "2025-12-31").await;
    let refused = world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let options = refused.at("/decision/options");
    let option = options.as_array().unwrap().iter().find(|option| option["kind"] == "pool_loan").unwrap()["id"].clone();
    let path = format!("/v1/cases/{}/options/{}", refused.text_at("/case_id"), option.as_str().unwrap());
    world.post(&path, &world.clerk(STREET), &json!({})).once().send().await.expect(200);
    for (fund, account, opening, fen) in [(&fund, &street, 0, 78_000), (&pool, &county, 500_000, -78_000)] {
        let taken = world.take_in(fund, &Paper::new(account, opening).line(fen, "借款")).await;
        assert_eq!(taken.fen("/suggested"), 1, "{fen}");
        let statement = taken.text_at("/id");
        let seen = world.statement_now(&statement).await;
        let movement = seen.at("/differences/0/suggestions/0");
        assert_eq!(movement["kind"], "loan");
        let body = json!({"line": 1, "version": movement["version"], "ordinal": movement["ordinal"]});
        world.say(&statement, "matches", &body).send().await.expect(201);
        assert_eq!(sums(&world.balance(fund).await), [opening + fen, 0, 0, 0, 0, 0]);
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_and_cash_that_differs_never_reach_the_bank() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "street_reserve").await;
    top_up(&world, &fund, 100_000, "T-1", &today()).await;
    let cashier = world.token(&[jiujinan::actor::Role::Cashier], STREET, "cashier-1");
    let open = json!({"fund_id": fund, "division": STREET, "count_fen": 0});
    let shift = world.post("/v1/custody/shifts", &cashier, &open).once().send().await.expect(201).text_at("/id");
    let drawn = json!({"shift_id": shift, "direction": "drawn", "amount_fen": 50_000, "reference": "C-1", "value_date": today()});
    world.post("/v1/custody/transfers", &cashier, &drawn).once().send().await.expect(201);
    world.fast_track(&case(STREET, 20_000)).send().await.expect(201);
    let close = world.post(&format!("/v1/custody/shifts/{shift}/close"), &cashier, &json!({"count_fen": 29_000})).once();
    let difference = close.send().await.expect(200).text_at("/difference_id");
    let resolved = json!({"outcome": "booked", "note": "短款"});
    let path = format!("/v1/custody/differences/{difference}/resolution");
    world.countersign(world.post(&path, &world.finance(), &resolved).once(), "second-1").send().await.expect(200);
    let paper = Paper::new(&number, 0).line(100_000, "T-1").line(-50_000, "C-1");
    assert_eq!(world.take_in(&fund, &paper).await.fen("/matched"), 2);
    let balance = world.balance(&fund).await;
    assert_eq!(sums(&balance), [50_000, 0, 0, 0, 0, 0]);
    assert_eq!((balance.fen("/book/cash_boxes_fen"), balance.fen("/book/available_fen")), (29_000, 79_000));
    world.check_invariants().await;
}
