//! Payments through a bank: paid once, refused, returned, silent; whatever the bank does, nothing is lost or doubled.

use jiujinan::rail::OwnKey;
use serde_json::{Value, json};

use crate::world::bank::{Bank, result};
use crate::world::{Answer, STREET, World, account, case, until};

fn transfer(fen: i64) -> Value {
    let mut body = case(STREET, fen);
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    body
}

/// A case with one transfer: its id and the payment's.
async fn pay(world: &World, fen: i64) -> (String, String) {
    let paid = world.fast_track(&transfer(fen)).send().await.expect(201);
    assert_eq!((paid.text_at("/case/state"), paid.text_at("/payments/0/state")), ("paying".into(), "instructed".into()));
    (paid.text_at("/case/id"), paid.text_at("/payments/0/id"))
}

/// The case once its payment is in a state.
async fn once(world: &World, case: &str, state: &str) -> Answer {
    let (path, clerk) = (format!("/v1/cases/{case}"), world.clerk(STREET));
    let seen = async || world.get(&path, &clerk).await.expect(200);
    until(state, async || seen().await.text_at("/payments/0/state") == state).await;
    seen().await
}

async fn fund_is(world: &World, fund: &str, available: i64, held: i64, paid: i64) {
    let fund = world.fund_now(fund).await;
    assert_eq!((fund.fen("/available_fen"), fund.fen("/held_fen"), fund.fen("/paid_fen")), (available, held, paid));
}

/// How often the bank has paid, over all identifiers.
async fn paid_by(bank: &Bank) -> usize {
    bank.ledger().await["paid"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_paid_once_the_bank_says_so() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case, _) = pay(&world, 60_000).await;
    let seen = once(&world, &case, "paid").await;
    assert_eq!(seen.text_at("/state"), "paid");
    fund_is(&world, &fund, 40_000, 0, 60_000).await;
    assert_eq!(paid_by(&bank).await, 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transfer_gives_the_money_and_the_limits_back_and_the_case_can_be_approved_again() {
    let bank = Bank::new("refuse");
    let world = World::with_bank(&bank).await;
    let fund = world.fund_with(STREET, 100_000, json!({"fund_day_cap_fen": 60_000})).await;
    let (case_id, _) = pay(&world, 60_000).await;
    let seen = once(&world, &case_id, "refused").await;
    assert_eq!((seen.text_at("/state"), seen.fen("/granted_fen")), ("accepted".into(), 0));
    fund_is(&world, &fund, 100_000, 0, 0).await;

    let approver = world.token(&[jiujinan::actor::Role::Approver], STREET, "approver-1");
    let path = format!("/v1/cases/{case_id}/approval");
    let approved = world.post(&path, &approver, &json!({"note": "换账户再付"})).once().send().await.expect(200);
    assert_eq!((approved.text_at("/case/state"), approved.fen("/granted_fen")), ("approved".into(), 60_000));
    let cash = json!({"payments": [{"method": "cash"}]});
    let paid = world.post(&format!("/v1/cases/{case_id}/payments"), &world.clerk(STREET), &cash).once().send().await.expect(201);
    assert_eq!(paid.text_at("/case/state"), "paid");
    assert!(paid.text_at("/payments/1/receipt_number").ends_with("-2"));
    fund_is(&world, &fund, 40_000, 0, 60_000).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_comes_back_is_held_again_for_its_case() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case_id, payment) = pay(&world, 60_000).await;
    once(&world, &case_id, "paid").await;

    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);
    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);
    bank.calls_back(&world.server, &result(&payment, "paid")).await.expect(204);

    let seen = once(&world, &case_id, "returned").await;
    assert_eq!((seen.text_at("/state"), seen.fen("/granted_fen")), ("approved".into(), 60_000));
    fund_is(&world, &fund, 40_000, 60_000, 0).await;
    let again = json!({"payments": [{"method": "bank", "account": account(), "account_name": "测试人"}]});
    world.post(&format!("/v1/cases/{case_id}/payments"), &world.clerk(STREET), &again).once().send().await.expect(201);
    until("the second transfer is paid", async || world.fund_now(&fund).await.fen("/paid_fen") == 60_000).await;
    fund_is(&world, &fund, 40_000, 0, 60_000).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_or_doubled_answer_and_a_bank_that_forgets_pay_once() {
    for behaviour in ["drop", "twice", "delay:1500"] {
        let bank = Bank::new(behaviour);
        let world = World::with_bank(&bank).await;
        let fund = world.fund(STREET, 100_000).await;
        let (case_id, _) = pay(&world, 60_000).await;
        once(&world, &case_id, "paid").await;
        fund_is(&world, &fund, 40_000, 0, 60_000).await;
        assert_eq!(paid_by(&bank).await, 1, "{behaviour}");
        world.check_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_stays_held_and_is_told_after_a_day() {
    let bank = Bank::new("forge");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case_id, payment) = pay(&world, 60_000).await;
    once(&world, &case_id, "dispatched").await;
    let sent = format!("select (sent >= 2)::text from instruction where payment_id = '{payment}'");
    until("sent and asked for", async || world.sql_text(&sent).await == "true").await;
    fund_is(&world, &fund, 40_000, 60_000, 0).await;

    world
        .sql(&format!(
            "update instruction set made_at = made_at - interval '25 hours', next_at = now() where payment_id = '{payment}'"
        ))
        .await;
    let seen = once(&world, &case_id, "unknown").await;
    assert_eq!(seen.text_at("/state"), "paying");
    fund_is(&world, &fund, 40_000, 60_000, 0).await;
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((alarms.text_at("/items/0/kind"), alarms.text_at("/items/0/about")), ("payment_unknown".into(), payment.clone()));

    bank.calls_back(&world.server, &result(&payment, "paid")).await.expect(204);
    once(&world, &case_id, "paid").await;
    fund_is(&world, &fund, 40_000, 0, 60_000).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_send_one_instruction_once() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let _second = world.another_server_with(&bank).await;
    let fund = world.fund(STREET, 1_000_000).await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        cases.push(pay(&world, 10_000).await.0);
    }
    for case_id in &cases {
        once(&world, case_id, "paid").await;
    }
    fund_is(&world, &fund, 920_000, 0, 80_000).await;
    assert_eq!(paid_by(&bank).await, 8);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_bank_calls_back() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case_id, payment) = pay(&world, 60_000).await;
    once(&world, &case_id, "dispatched").await;

    let stranger = OwnKey::make().unwrap();
    bank.called_back_by(&stranger, &world.server, &result(&payment, "paid")).await.refused(401, "UNAUTHENTICATED");
    bank.calls_back(&world.server, &json!({"instruction_id": payment, "result": "maybe"})).await.refused(400, "VALIDATION");
    bank.calls_back(&world.server, &result(&uuid::Uuid::now_v7().to_string(), "paid")).await.refused(404, "NOT_FOUND");
    bank.calls_back(&world.server, &result(&payment, "accepted")).await.expect(204);
    fund_is(&world, &fund, 40_000, 60_000, 0).await;

    bank.calls_back(&world.server, &result(&payment, "paid")).await.expect(204);
    once(&world, &case_id, "paid").await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_contradicts_itself_moves_nothing_and_is_told() {
    let bank = Bank::new("refuse");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case_id, payment) = pay(&world, 60_000).await;
    once(&world, &case_id, "refused").await;
    bank.calls_back(&world.server, &result(&payment, "paid")).await.expect(204);
    once(&world, &case_id, "refused").await;
    fund_is(&world, &fund, 100_000, 0, 0).await;
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!(alarms.text_at("/items/0/kind"), "payment_unknown");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_under_way_neither_expires_nor_is_withdrawn() {
    let bank = Bank::new("forget");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (case_id, _) = pay(&world, 60_000).await;
    once(&world, &case_id, "dispatched").await;
    let withdrawal = json!({"reason": "不要了"});
    world
        .post(&format!("/v1/cases/{case_id}/withdrawal"), &world.clerk(STREET), &withdrawal)
        .once()
        .send()
        .await
        .refused(409, "CONFLICT");
    fund_is(&world, &fund, 40_000, 60_000, 0).await;
}
