//! Money that comes back: by the bank, by a recovery, or by both; and whom it serves.

use futures_util::future::join;
use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::recovery::{asked, available, county, impose, paid_case, receipt, today};
use crate::world::bank::{Bank, result};
use crate::world::{Ask, STREET, World, account, case, person, until};

const PARTS: [&str; 5] = ["principal_fen", "fine_fen", "overpaid_fen", "to_fund_fen", "to_treasury_fen"];

/// A case of payments through a bank, paid; another one of 600 yuan in cash out of the same fund. The fund, the case, its payments.
async fn two_cases(world: &World, who: &str, payments: &[i64]) -> (String, String, Vec<String>) {
    let fund = world.fund(STREET, 500_000).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let mut body = case(STREET, payments.iter().sum());
    body["applicant"]["id_no"] = json!(who);
    let transfer = |fen: &i64| json!({"method": "bank", "amount_fen": fen, "account": account(), "account_name": "测试人"});
    body["payments"] = payments.iter().map(transfer).collect();
    let paid = world.fast_track(&body).send().await.expect(201);
    let id = paid.text_at("/case/id");
    let path = format!("/v1/cases/{id}");
    until("paid", async || world.get(&path, &world.auditor()).await.text_at("/state") == "paid").await;
    let payments = (0..payments.len()).map(|n| paid.text_at(&format!("/payments/{n}/id"))).collect();
    (fund, id, payments)
}

async fn totals(world: &World, fund: &str) -> (i64, i64, i64) {
    let fund = world.fund_now(fund).await;
    (fund.fen("/available_fen"), fund.fen("/held_fen"), fund.fen("/paid_fen"))
}

async fn recovery(world: &World, case: &str, who: &str, principal: i64, fine: i64) -> String {
    impose(world, &county(world), &asked(case, who, principal, fine)).send().await.expect(201).text_at("/id")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_returned_is_not_repaid_again() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let who = person();
    let (fund, id, payments) = two_cases(&world, &who, &[60_000]).await;
    let owed = recovery(&world, &id, &who, 60_000, 60_000).await;
    bank.calls_back(&world.server, &result(&payments[0], "returned")).await.expect(204);
    assert_eq!(totals(&world, &fund).await, (380_000, 60_000, 60_000));

    let late = receipt(&world, &owed, 100_000, "B-1").send().await.expect(201);

    assert_eq!(PARTS.map(|part| late.fen(&format!("/counted/{part}"))), [0, 60_000, 40_000, 0, 60_000]);
    assert_eq!((late.text_at("/state"), late.fen("/outstanding_fen")), ("open".into(), 60_000));
    let more = receipt(&world, &owed, 7, "B-2").send().await.expect(201);
    assert_eq!(PARTS.map(|part| more.fen(&format!("/counted/{part}"))), [0, 0, 7, 0, 0]);
    assert_eq!(totals(&world, &fund).await, (380_000, 60_000, 60_000), "the other case was paid, and stays so");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_recovery_counted_another_of_the_case_does_not() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let who = person();
    let (fund, id, payments) = two_cases(&world, &who, &[30_000, 30_000]).await;
    let first = recovery(&world, &id, &who, 30_000, 0).await;
    let second = recovery(&world, &id, &person(), 30_000, 0).await;
    bank.calls_back(&world.server, &result(&payments[0], "returned")).await.expect(204);
    let counted = receipt(&world, &first, 30_000, "B-1").send().await.expect(201);
    assert_eq!(counted.fen("/counted/to_fund_fen"), 30_000);
    let over = receipt(&world, &second, 30_000, "B-1").send().await.expect(201);
    assert_eq!(PARTS.map(|part| over.fen(&format!("/counted/{part}"))), [0, 0, 30_000, 0, 0]);
    assert_eq!(totals(&world, &fund).await, (410_000, 30_000, 60_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_of_what_was_recovered_is_told_also_where_other_cases_were_paid() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let who = person();
    let (fund, id, payments) = two_cases(&world, &who, &[60_000]).await;
    let owed = recovery(&world, &id, &who, 60_000, 0).await;
    receipt(&world, &owed, 1, "B-1").send().await.expect(201);
    let before = totals(&world, &fund).await;

    bank.calls_back(&world.server, &result(&payments[0], "returned")).await.expect(204);

    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!(
        (alarms.text_at("/items/0/kind"), alarms.text_at("/items/0/about")),
        ("payment_unknown".into(), payments[0].clone())
    );
    assert_eq!(totals(&world, &fund).await, before, "nothing is booked");
    assert_eq!(world.get(&format!("/v1/cases/{id}"), &world.auditor()).await.expect(200).text_at("/state"), "paid");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_and_a_receipt_at_once_give_the_fund_its_money_once() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let second = world.another_server().await;
    let who = person();
    let (fund, id, payments) = two_cases(&world, &who, &[60_000]).await;
    let owed = recovery(&world, &id, &who, 60_000, 0).await;
    let body = json!({"amount_fen": 60_000, "reference": "B-1", "received_on": today()});
    let path = format!("/v1/recoveries/{owed}/receipts");
    let came_in = world.ask_at(&second, Method::POST, &path).by(&world.finance()).json(&body).once().send();
    let returned = result(&payments[0], "returned");
    let (back, counted) = join(bank.calls_back(&world.server, &returned), came_in).await;
    back.expect(204);
    let to_fund = counted.expect(201).fen("/counted/to_fund_fen");
    let held = if to_fund == 0 { 60_000 } else { 0 };
    assert_eq!(totals(&world, &fund).await, (440_000 - held, held, 60_000));
    world.check_invariants().await;
}

/// A fund whose 2 340 yuan were paid, and a case that waits for 600: the fund, the recovery of the first, the case.
async fn waiting(world: &World) -> (String, String, String) {
    let fund = world.fund(STREET, 244_000).await;
    let who = person();
    let id = paid_case(world, &who).await;
    let owed = recovery(world, &id, &who, 234_000, 0).await;
    let refused = world.fast_track(&case(STREET, 70_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let options = refused.at("/decision/options");
    let part = options.as_array().unwrap().iter().find(|way| way["kind"] == "partial_now").unwrap().clone();
    let waits = refused.text_at("/case_id");
    let path = format!("/v1/cases/{waits}/options/{}", part["id"].as_str().unwrap());
    let taken = world.post(&path, &world.clerk(STREET), &json!({})).once().send().await.expect(200);
    assert_eq!(taken.fen("/queued_fen"), 60_000);
    (fund, owed, waits)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_serves_the_queue_as_a_top_up_does() {
    let world = World::new().await;
    let (fund, owed, waits) = waiting(&world).await;
    let queued = async || world.get(&format!("/v1/cases/{waits}"), &world.clerk(STREET)).await.expect(200).fen("/queued_fen");
    let first = receipt(&world, &owed, 59_999, "B-1");
    first.clone().send().await.expect(201);
    assert_eq!((queued().await, totals(&world, &fund).await), (60_000, (59_999, 10_000, 174_001)), "it does not reach");
    let reason = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &reason).once().send().await.expect(200);
    receipt(&world, &owed, 1, "B-2").send().await.expect(201);
    assert_eq!(queued().await, 60_000, "a frozen fund serves nobody");
    world.post(&format!("/v1/funds/{fund}/unfreeze"), &world.finance(), &reason).once().send().await.expect(200);

    receipt(&world, &owed, 1, "B-3").send().await.expect(201);

    assert_eq!((queued().await, totals(&world, &fund).await), (0, (1, 70_000, 173_999)));
    let rest = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{waits}/payments"), &world.clerk(STREET), &rest).once().send().await.expect(201);
    let path = format!("/v1/funds/{fund}/entries");
    let shown = world.get(&path, &world.finance()).await.expect(200);
    let movements = shown.at("/movements");
    let back: Vec<_> = movements.as_array().unwrap().iter().filter(|row| row["recovery_id"] == json!(owed)).collect();
    assert_eq!(back.iter().map(|row| row["reference"].as_str().unwrap()).collect::<Vec<_>>(), ["B-1", "B-2", "B-3"]);
    let csv = world.ask(Method::GET, &path).by(&world.finance()).header("accept", "text/csv").send().await.expect(200);
    assert!(csv.text.lines().next().unwrap().ends_with(",recovery_id,settlement_id"), "a new column stands last");
    assert_eq!(csv.text.lines().filter(|line| line.ends_with(&format!(",{owed},"))).count(), 3);
    world.check_invariants().await;
}

fn received(world: &World, id: &str, day: &str, reference: &str) -> Ask {
    let body = json!({"amount_fen": 1_000, "reference": reference, "received_on": day});
    world.post(&format!("/v1/recoveries/{id}/receipts"), &world.finance(), &body).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_last_year_goes_to_the_treasury_whenever_it_is_booked() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let owed = impose(&world, &world.token(&[Role::Finance], "3403", "finance-9"), &asked(&id, &who, 234_000, 0));
    let owed = owed.send().await.expect(201).text_at("/id");
    let yesterday = world.sql_text("select ((now() at time zone 'Asia/Shanghai')::date - 1)::text").await;
    let early = received(&world, &owed, &yesterday, "B-1").send().await.refused(400, "VALIDATION");
    assert_eq!(early.text_at("/errors/0/pointer"), "/received_on");

    // The first of its two payments was a year ago, the last today.
    world.sql("update aid_case set accepted_at = accepted_at - interval '1 year'").await;
    world.sql("update entry set at = at - interval '1 year' where credit = 'paid' and ordinal = 0").await;
    let first = world.sql_text("select min(at at time zone 'Asia/Shanghai')::date::text from entry").await;
    let before = world.sql_text("select (min(at at time zone 'Asia/Shanghai')::date - 1)::text from entry").await;
    received(&world, &owed, &before, "B-1").send().await.refused(400, "VALIDATION");
    let late = received(&world, &owed, &first, "B-1").send().await.expect(201);
    assert_eq!((late.fen("/counted/to_fund_fen"), late.fen("/counted/to_treasury_fen")), (0, 1_000));
    let now = received(&world, &owed, &today(), "B-2").send().await.expect(201);
    assert_eq!((now.fen("/counted/to_fund_fen"), now.fen("/counted/to_treasury_fen")), (1_000, 0));
    assert_eq!(available(&world, &fund).await, 767_000);
    world.check_invariants().await;
}
