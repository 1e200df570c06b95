//! Statements of a bank: taken in, matched, booked, and the table of balance adjustment (story S9).

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::settlements::becomes;
use crate::world::bank::{Bank, result};
use crate::world::statement::{Paper, codes};
use crate::world::{Answer, STREET, World, account, case, today, until};

/// A case with one transfer that the bank has paid: case, payment, receipt number, account.
pub async fn transfer(world: &World, fund: &str, fen: i64) -> [String; 4] {
    let (number, mut body) = (account(), case(STREET, fen));
    body["fund_id"] = json!(fund);
    body["payments"] = json!([{"method": "bank", "account": number, "account_name": "测试人"}]);
    let ask = world.countersign(world.fast_track(&body), "boss");
    let paid = ask.send().await.expect(201);
    [paid.text_at("/case/id"), paid.text_at("/payments/0/id"), paid.text_at("/payments/0/receipt_number"), number]
}

/// Waits until a fund has nothing on its way through a bank.
pub async fn all_paid(world: &World, fund: &str, paid_fen: i64) {
    until("the bank has paid", async || world.fund_now(fund).await.fen("/paid_fen") == paid_fen).await;
}

pub async fn top_up(world: &World, fund: &str, fen: i64, reference: &str, value_date: &str) -> Answer {
    let body = json!({"amount_fen": fen, "reference": reference, "value_date": value_date});
    world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &body).once().send().await.expect(201)
}

/// The first line of a code.
fn of(answer: &Answer, code: &str) -> Value {
    let all = answer.at("/differences");
    all.as_array().unwrap().iter().find(|item| item["code"] == code).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_month_of_story_nine_ends_without_a_difference() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let (fund, number) = world.fund_at_bank(STREET, "street_reserve").await;
    top_up(&world, &fund, 3_200_000, "结转", "2025-12-31").await;
    top_up(&world, &fund, 2_000_000, "T-9", &today()).await;
    // 29 payments of 33 580.00, most of them equal and on one day.
    let amounts: Vec<i64> = [vec![78_000], vec![120_000; 27], vec![40_000]].concat();
    let mut paper = Paper::new(&number, 3_200_000).line(2_000_000, "财政拨款 T-9");
    let mut payments = Vec::new();
    for fen in &amounts {
        payments.push(transfer(&world, &fund, *fen).await);
    }
    all_paid(&world, &fund, 3_358_000).await;
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 1_842_000);
    for (at, ([_, id, receipt, _], fen)) in payments.iter().zip(&amounts).enumerate() {
        // Banks write the id of the instruction with or without hyphens, or only the receipt.
        let named = [id.clone(), id.replace('-', "").to_uppercase(), format!("救助 {receipt}")];
        paper = paper.line(-fen, &named[at % 3]);
    }
    let [returned_case, returned, ..] = &payments[0];
    paper = paper.line(78_000, &format!("退汇 账户已销户 {returned}")).line(1_235, "结息");
    assert_eq!(paper.closing(), 1_921_235);

    let taken = world.take_in(&fund, &paper).await;
    assert_eq!((taken.fen("/lines"), taken.fen("/matched"), taken.fen("/suggested")), (32, 30, 0));
    let explained = json!([
        {"code": "RETURNED_PAYMENT", "count": 1, "amount_fen": 78_000}, {"code": "INTEREST", "count": 1, "amount_fen": 1_235}
    ]);
    assert_eq!(taken.at("/differences"), explained);
    let before = world.balance(&fund).await;
    let figures = ["/bank_fen", "/book_fen", "/received_not_by_us/sum_fen", "/unexplained_fen", "/opening_difference_fen"];
    assert_eq!(figures.map(|at| before.fen(at)), [1_921_235, 1_842_000, 79_235, 0, 0]);
    assert_eq!(before.at("/received_not_by_us/items").as_array().unwrap().len(), 2);

    let statement = taken.text_at("/id");
    let seen = world.statement_now(&statement).await;
    assert_eq!(codes(&seen), ["RETURNED_PAYMENT", "INTEREST"]);
    let line = |code: &str| of(&seen, code)["line"].as_i64().unwrap();
    assert_eq!(of(&seen, "RETURNED_PAYMENT")["movement"]["amount_fen"], -78_000);
    let booked = world.book_line(&statement, line("RETURNED_PAYMENT"), "RETURNED_PAYMENT", "held").await.expect(201);
    assert_eq!((booked.fen("/fund/held_fen"), booked.fen("/fund/available_fen")), (78_000, 1_842_000));
    world.book_line(&statement, line("INTEREST"), "INTEREST", "interest_payable").await.expect(201);

    let case = world.get(&format!("/v1/cases/{returned_case}"), &world.clerk(STREET)).await.expect(200);
    assert_eq!((case.text_at("/payments/0/state"), case.text_at("/state")), ("returned".into(), "approved".into()));
    let after = world.balance(&fund).await;
    let parts = ["/available_fen", "/floor_fen", "/held_fen", "/interest_payable_fen", "/other_payable_fen", "/cash_boxes_fen"];
    assert_eq!(parts.map(|part| after.fen(&format!("/book{part}"))), [1_842_000, 0, 78_000, 1_235, 0, 0]);
    assert_eq!(["/bank_fen", "/book_fen", "/unexplained_fen"].map(|at| after.fen(at)), [1_921_235, 1_921_235, 0]);
    for terms in ["/received_not_by_bank", "/paid_not_by_bank", "/received_not_by_us", "/paid_not_by_us"] {
        assert_eq!(after.at(&format!("{terms}/items")), json!([]), "{terms}");
    }
    assert_eq!(world.statement_now(&statement).await.at("/differences"), json!([]));
    // The fund keeps what it had: interest is the treasury's.
    let fund_now = world.fund_now(&fund).await;
    assert_eq!((fund_now.fen("/credited_fen"), fund_now.fen("/paid_fen")), (5_200_000, 3_280_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_movement_is_matched_by_its_reference() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 500_000, "拨〔2026〕7号", &today()).await;
    let back = json!({"amount_fen": 40_000, "reference": "W-1", "value_date": today()});
    world.post(&format!("/v1/funds/{fund}/withdrawals"), &world.finance(), &back).once().send().await.expect(201);
    let cashier = world.token(&[Role::Cashier], STREET, "cashier-1");
    let open = json!({"fund_id": fund, "division": STREET, "count_fen": 0});
    let shift = world.post("/v1/custody/shifts", &cashier, &open).once().send().await.expect(201).text_at("/id");
    for (direction, fen, reference) in [("drawn", 100_000, "C-1"), ("paid_in", 30_000, "C-2")] {
        let moved =
            json!({"shift_id": shift, "direction": direction, "amount_fen": fen, "reference": reference, "value_date": today()});
        world.post("/v1/custody/transfers", &cashier, &moved).once().send().await.expect(201);
    }
    let mut cash = case(STREET, 60_000);
    cash["fund_id"] = json!(fund);
    let paid = world.fast_track(&cash).send().await.expect(201);
    let imposed = json!({
        "case_id": paid.text_at("/case/id"), "principal_fen": 5_000, "authority_ref": "追〔2026〕1号",
        "debtor": {"id_type": "resident_id", "id_no": crate::world::person(), "name": "测试人"}
    });
    let recovery = world.post("/v1/recoveries", &world.finance(), &imposed).once().send().await.expect(201).text_at("/id");
    let receipt = json!({"amount_fen": 5_000, "reference": "R-7", "received_on": today()});
    world.post(&format!("/v1/recoveries/{recovery}/receipts"), &world.finance(), &receipt).once().send().await.expect(201);

    let paper = Paper::new(&number, 0)
        .line(500_000, "拨〔2026〕7号")
        .line(-40_000, "w-1")
        .line(-100_000, "现金 C-1")
        .line(30_000, "C-2/缴存")
        .line(5_000, "追缴款R-7");
    let taken = world.take_in(&fund, &paper).await;
    assert_eq!((taken.fen("/matched"), taken.at("/differences")), (5, json!([])));
    let balance = world.balance(&fund).await;
    let figures = ["/bank_fen", "/book_fen", "/book/cash_boxes_fen", "/unexplained_fen"].map(|at| balance.fen(at));
    assert_eq!(figures, [395_000, 395_000, 10_000, 0]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_is_one_line_whatever_it_pays_for_and_so_is_its_return() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let (fund, number) = world.fund_at_bank(STREET, "emergency_treatment").await;
    top_up(&world, &fund, 100_000, "T-1", &today()).await;
    let hospital = world.billing(STREET, crate::world::HOSPITAL);
    let terms = World::hospital(world.ask(reqwest::Method::PUT, &format!("/v1/hospitals/{}", crate::world::HOSPITAL)), 1);
    terms.by(&world.token(&[Role::Admin], "3403", "admin-1")).send().await.expect(201);
    let mut settlements = Vec::new();
    for _ in 0..3 {
        let bill = json!({
            "message_id": uuid::Uuid::new_v4().to_string(), "visit_no": "V-1",
            "patient": {"id_type": "resident_id", "id_no": crate::world::person(), "name": "测试人"},
            "fees": {"other_fen": 1_000}, "medfee_sumamt_fen": 1_000, "third_party_fen": 600,
            "emergency": {"amount_fen": 400, "unable_to_pay_ref": "R-1"},
        });
        let id = world.post("/v1/settlements", &hospital, &bill).once().send().await.expect(201).text_at("/id");
        let approved = json!({"status": "approved", "amount_fen": 400, "reference": "R-1"});
        let path = format!("/v1/settlements/{id}/payers/emergency_treatment/result");
        world.post(&path, &world.finance(), &approved).once().send().await.expect(200);
        settlements.push(id);
    }
    let cleared = json!({"settlement_ids": settlements, "fund_id": fund});
    let cleared = world.post("/v1/clearings", &world.finance(), &cleared).once().send().await.expect(201);
    let id = cleared.text_at("/id");
    becomes(&world, &cleared, "dispatched").await;
    bank.calls_back(&world.server, &result(&id, "paid")).await.expect(204);
    becomes(&world, &cleared, "paid").await;

    let paper = Paper::new(&number, 0).line(100_000, "T-1").line(-1_200, &id);
    let taken = world.take_in(&fund, &paper).await;
    assert_eq!((taken.fen("/matched"), taken.at("/differences")), (2, json!([])));
    assert_eq!(world.balance(&fund).await.fen("/unexplained_fen"), 0);

    bank.calls_back(&world.server, &result(&id, "returned")).await.expect(204);
    becomes(&world, &cleared, "returned").await;
    let taken = world.take_in(&fund, &paper.next().line(1_200, &id)).await;
    assert_eq!((taken.fen("/matched"), taken.at("/differences")), (1, json!([])));
    let balance = world.balance(&fund).await;
    assert_eq!(["/unexplained_fen", "/bank_fen", "/book/held_fen"].map(|at| balance.fen(at)), [0, 100_000, 1_200]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_name_and_what_names_nothing_is_suggested_and_said_by_two() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let (fund, number) = world.fund_at_bank(STREET, "street_reserve").await;
    top_up(&world, &fund, 300_000, "T-1", "2025-12-31").await;
    top_up(&world, &fund, 50_000, "T-2", &today()).await;
    top_up(&world, &fund, 50_000, "T-2", &today()).await;
    let [.., first] = transfer(&world, &fund, 60_000).await;
    let [_, _, _, second] = transfer(&world, &fund, 60_000).await;
    all_paid(&world, &fund, 120_000).await;
    let paper = Paper::new(&number, 300_000)
        .line(50_000, "T-2")
        .line(-60_000, "救助款")
        .with("另一人", &second)
        .line(-60_000, "救助款")
        .with("另一人", &account())
        .line(-60_000, "");
    let taken = world.take_in(&fund, &paper).await;
    assert_eq!((taken.fen("/matched"), taken.fen("/suggested")), (0, 2));
    let statement = taken.text_at("/id");
    let seen = world.statement_now(&statement).await;
    let suggested = |line: usize| seen.at(&format!("/differences/{}/suggestions", line - 1)).as_array().map_or(0, Vec::len);
    // Two top-ups bear the name; of two equal payments one went to this account; of an unknown one nothing is said.
    assert_eq!([1, 2, 3, 4].map(suggested), [2, 1, 0, 0]);
    assert!(!seen.text.contains("另一人") && !seen.text.contains(&second) && !seen.text.contains(&first));

    let pick = |line: usize| {
        let movement = seen.at(&format!("/differences/{}/suggestions/0", line - 1));
        json!({"line": line, "version": movement["version"], "ordinal": movement["ordinal"]})
    };
    let ask = world.say(&statement, "matches", &pick(2));
    let matched = ask.clone().send().await.expect(201);
    assert_eq!(matched.fen("/amount_fen"), -60_000);
    let again = ask.send().await.expect(201);
    assert_eq!((again.text, again.headers.get("idempotent-replayed").unwrap().to_str().unwrap()), (matched.text, "true"));
    world.say(&statement, "matches", &pick(1)).send().await.expect(201);
    let now = world.statement_now(&statement).await;
    assert_eq!((now.fen("/matched"), now.at("/matches/0/countersigned_by").is_string()), (2, true));
    // The other payment is not at the bank, two debits are not here, and the other top-up is not at the bank.
    let balance = world.balance(&fund).await;
    let sums = ["/received_not_by_bank", "/paid_not_by_bank", "/received_not_by_us", "/paid_not_by_us"];
    assert_eq!(sums.map(|side| balance.fen(&format!("{side}/sum_fen"))), [50_000, 60_000, 0, 120_000]);
    assert_eq!((balance.fen("/unexplained_fen"), balance.fen("/paid_not_by_us/items/0/age_days")), (0, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_and_unknown_credits_are_booked_beside_the_fund() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    let paper =
        Paper::new(&number, 0).line(10_000, "捐").with("某公司", "").line(-500, "手续费").line(-300, "扣款").line(7, "结息");
    let statement = world.take_in(&fund, &paper).await.text_at("/id");
    assert_eq!(codes(&world.statement_now(&statement).await), ["UNKNOWN_CREDIT", "FEE", "MISSING_HERE", "INTEREST"]);
    for (line, code, account) in [
        (1, "UNKNOWN_CREDIT", "other_payable"),
        (2, "FEE", "receivable"),
        (3, "FEE", "receivable"),
        (4, "INTEREST", "interest_payable"),
    ] {
        let booked = world.book_line(&statement, line, code, account).await.expect(201);
        assert_eq!((booked.fen("/fund/available_fen"), booked.text_at("/account")), (0, account.into()));
    }
    let balance = world.balance(&fund).await;
    let parts = ["other_payable", "receivable", "interest_payable", "available"];
    assert_eq!(parts.map(|part| balance.fen(&format!("/book/{part}_fen"))), [10_000, 800, 7, 0]);
    assert_eq!((balance.fen("/bank_fen"), balance.fen("/unexplained_fen")), (9_207, 0));
    let matches = world.statement_now(&statement).await;
    assert_eq!((matches.fen("/matched"), matches.text_at("/matches/1/code")), (4, "FEE".into()));
    world.check_invariants().await;
}
