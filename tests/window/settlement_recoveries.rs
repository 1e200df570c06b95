//! What funds paid of settlements, asked back: to the fund that paid, no more than it paid, once.

use futures_util::future::join_all;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::recovery::{asked, county, impose, receipt};
use crate::settlements::{HERE, balance, becomes, bill, cancel, clear, fund, result, settle};
use crate::world::bank::{Bank, result as word};
use crate::world::{Ask, World, person};

/// A bill of which each of the two funds has paid something: settlement, funds, clearings.
struct Paid {
    world: World,
    bank: Bank,
    id: String,
    emergency: String,
    relief: String,
    clearing: crate::world::Answer,
}

async fn paid() -> Paid {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let emergency = fund(&world, HERE, "emergency_treatment", 100_000, None).await;
    let relief = fund(&world, "3403", "relief_fund", 100_000, Some(15_000)).await;
    let mut body = bill(60_000);
    body["emergency"] = json!({"amount_fen": 30_000, "unidentified": true});
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    result(&world, &world.finance(), &id, "emergency_treatment", "approved", 30_000).send().await.expect(200);
    let clearing = clear(&world, &emergency, &[&id]).send().await.expect(201);
    becomes(&world, &clearing, "paid").await;
    Paid { world, bank, id, emergency, relief, clearing }
}

fn of(settlement: &str, fen: i64, fund: Option<&str>) -> Value {
    let mut body = asked(settlement, &person(), fen, 0);
    body["settlement_id"] = body.as_object_mut().unwrap().remove("case_id").unwrap();
    if let Some(fund) = fund {
        body["fund_id"] = json!(fund);
    }
    body
}

fn ask(world: &World, body: &Value) -> Ask {
    impose(world, &county(world), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fund_paid_comes_back_to_it_and_no_more_than_that() {
    let Paid { world, bank: _bank, id, emergency, relief, .. } = paid().await;
    ask(&world, &of(&id, 30_001, None)).send().await.refused(409, "CONFLICT");
    ask(&world, &of(&id, 1, Some(&relief))).send().await.refused(409, "CONFLICT");
    let wrong = ask(&world, &of(&id, 1, Some(&uuid::Uuid::now_v7().to_string()))).send().await.refused(400, "VALIDATION");
    assert_eq!(wrong.text_at("/errors/0/pointer"), "/fund_id");
    let first = ask(&world, &of(&id, 20_000, None)).send().await.expect(201);
    assert_eq!((first.at("/settlement_id"), first.at("/case_number")), (json!(id), Value::Null));
    ask(&world, &of(&id, 10_001, None)).send().await.refused(409, "CONFLICT");
    let counted = receipt(&world, &first.text_at("/id"), 25_000, "B-1").send().await.expect(201);
    assert_eq!((counted.fen("/repaid_principal_fen"), counted.fen("/overpaid_fen")), (20_000, 5_000));
    assert_eq!(balance(&world, &emergency).await, (90_000, 0, 10_000));
    receipt(&world, &first.text_at("/id"), 1, "B-1").send().await.refused(409, "CONFLICT");

    // The relief fund pays as well: which of the two is meant has to be said.
    let clearing = clear(&world, &relief, &[&id]).send().await.expect(201);
    becomes(&world, &clearing, "paid").await;
    let which = ask(&world, &of(&id, 1, None)).send().await.refused(400, "VALIDATION");
    assert_eq!(which.text_at("/errors/0/pointer"), "/fund_id");
    let second = ask(&world, &of(&id, 15_000, Some(&relief))).send().await.expect(201);
    receipt(&world, &second.text_at("/id"), 15_000, "B-2").send().await.expect(201);
    assert_eq!((balance(&world, &relief).await, balance(&world, &emergency).await), ((100_000, 0, 0), (90_000, 0, 10_000)));

    let listed = world.get(&format!("/v1/recoveries?settlement_id={id}"), &world.finance()).await.expect(200);
    assert_eq!(listed.at("/items").as_array().unwrap().len(), 2);
    let shown = world.get(&format!("/v1/recoveries/{}", first.text_at("/id")), &world.auditor()).await.expect(200);
    assert_eq!((shown.at("/settlement_id"), shown.text_at("/debtor/name")), (json!(id), "测**".into()));
    cancel(&world, &id).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decided_of_a_part_asks_nothing_of_it_back_and_others_only_in_their_scope() {
    let Paid { world, bank: _bank, id, .. } = paid().await;
    let own = impose(&world, &world.finance(), &of(&id, 1, None)).send().await.refused(409, "SAME_PERSON_SIGNED");
    assert_eq!(own.at("/settlement_id"), json!(id));
    let elsewhere = world.token(&[Role::Approver], "340302", "approver-9");
    impose(&world, &elsewhere, &of(&id, 1, None)).send().await.refused(404, "NOT_FOUND");
    let unpaid = settle(&world, &bill(5)).send().await.expect(201).text_at("/id");
    ask(&world, &of(&unpaid, 1, None)).send().await.refused(409, "CONFLICT");
    let mut fined = of(&id, 100, None);
    fined["fine_fen"] = json!(100);
    let street = world.token(&[Role::Approver], HERE, "approver-8");
    ask(&world, &of(&uuid::Uuid::now_v7().to_string(), 1, None)).send().await.refused(404, "NOT_FOUND");
    let imposed = impose(&world, &street, &fined).send().await.expect(201);
    // What was imposed in error is taken back by two, and neither of them may have decided of the part.
    let path = format!("/v1/recoveries/{}/cancellation", imposed.text_at("/id"));
    let mistake = json!({"note": "弄错了人"});
    let by = |who: &str| world.post(&path, &world.token(&[Role::Finance], "3403", who), &mistake).once();
    world.countersign(by("finance-1"), "approver-7").send().await.refused(409, "SAME_PERSON_SIGNED");
    world.countersign(by("finance-7"), "approver-7").send().await.expect(200);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_by_a_recovery_does_not_come_back_from_the_bank_as_well() {
    let Paid { world, bank, id, emergency, clearing, .. } = paid().await;
    let recovery = ask(&world, &of(&id, 30_000, None)).send().await.expect(201).text_at("/id");
    receipt(&world, &recovery, 10_000, "B-1").send().await.expect(201);
    bank.calls_back(&world.server, &word(&clearing.text_at("/id"), "returned")).await.expect(204);
    let path = format!("/v1/clearings/{}", clearing.text_at("/id"));
    assert_eq!(world.get(&path, &world.finance()).await.expect(200).text_at("/state"), "paid");
    assert_eq!(balance(&world, &emergency).await, (80_000, 0, 20_000));
    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((alarms.text_at("/items/0/kind"), alarms.at("/items/0/about")), ("payment_unknown".into(), clearing.at("/id")));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_sent_back_is_not_owed_by_a_debtor_any_more() {
    let Paid { world, bank, id, emergency, clearing, .. } = paid().await;
    let recovery = ask(&world, &of(&id, 30_000, None)).send().await.expect(201).text_at("/id");
    bank.calls_back(&world.server, &word(&clearing.text_at("/id"), "returned")).await.expect(204);
    let counted = receipt(&world, &recovery, 10_000, "B-1").send().await.expect(201);
    assert_eq!((counted.fen("/repaid_principal_fen"), counted.fen("/overpaid_fen")), (0, 10_000));
    assert_eq!(balance(&world, &emergency).await, (70_000, 30_000, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_the_same_back_at_once_over_two_servers_one_does() {
    let Paid { world, bank, id, emergency, .. } = paid().await;
    let other = world.another_server_with(&bank).await;
    let asks = (0..8).map(|n| ask(&world, &of(&id, 20_000, None)).at(if n % 2 == 0 { &world.server } else { &other }));
    let answers = join_all(asks.map(Ask::send)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    let recovery = answers.iter().find(|answer| answer.status == 201).unwrap().text_at("/id");
    let receipts =
        (0..6).map(|n| receipt(&world, &recovery, 5_000, &format!("B-{n}")).at(if n % 2 == 0 { &world.server } else { &other }));
    assert!(join_all(receipts.map(Ask::send)).await.iter().all(|answer| answer.status == 201));
    assert_eq!(balance(&world, &emergency).await, (90_000, 0, 10_000));
    world.check_invariants().await;
}
