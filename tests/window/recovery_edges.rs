//! What may happen to a recovery: over-payments, closed years and funds, write-offs by two, death, sealed cases, lists.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::recovery::{asked, available, county, impose, paid_case, receipt, today};
use crate::world::bank::{Bank, result};
use crate::world::{Ask, OTHER_STREET, STREET, World, account, case, person, until};

/// A recovery of principal and fine from a household that was paid 2 340 yuan: fund, and the recovery's identifier.
async fn recovery(world: &World, principal: i64, fine: i64) -> (String, String) {
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(world, &who).await;
    let imposed = impose(world, &county(world), &asked(&id, &who, principal, fine)).send().await.expect(201);
    (fund, imposed.text_at("/id"))
}

fn verb(world: &World, id: &str, verb: &str, body: &Value) -> Ask {
    world.post(&format!("/v1/recoveries/{id}/{verb}"), &world.finance(), body).once()
}

fn write_off(world: &World, id: &str, body: &Value) -> Ask {
    world.countersign(verb(world, id, "write-off", body), "approver-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_over_payment_is_owed_to_the_debtor_and_refunded_by_two() {
    let world = World::new().await;
    let (fund, id) = recovery(&world, 100_000, 100_000).await;
    let first = receipt(&world, &id, 90_000, "B-1").send().await.expect(201);
    assert_eq!((first.fen("/counted/principal_fen"), first.fen("/counted/fine_fen")), (90_000, 0));
    let over = receipt(&world, &id, 130_000, "B-2").send().await.expect(201);
    let parts = ["principal_fen", "fine_fen", "overpaid_fen", "to_fund_fen", "to_treasury_fen"];
    assert_eq!(parts.map(|part| over.fen(&format!("/counted/{part}"))), [10_000, 100_000, 20_000, 10_000, 100_000]);
    assert_eq!((over.text_at("/state"), over.fen("/overpaid_fen")), ("settled".into(), 20_000));
    assert_eq!(available(&world, &fund).await, 866_000, "only principal came back");
    receipt(&world, &id, 5, "B-2").send().await.refused(409, "CONFLICT");

    let refund = |fen: i64, reference: &str| verb(&world, &id, "refunds", &json!({"amount_fen": fen, "reference": reference}));
    refund(20_000, "R-1").send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    world.countersign(refund(20_000, "R-1"), "finance-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    world.countersign(refund(20_001, "R-1"), "approver-8").send().await.refused(409, "CONFLICT");
    let back = world.countersign(refund(15_000, "R-1"), "approver-8").send().await.expect(201);
    assert_eq!((back.fen("/refunded_fen"), back.fen("/overpaid_fen")), (15_000, 20_000));
    world.countersign(refund(5_000, "R-1"), "approver-8").send().await.refused(409, "CONFLICT");
    world.countersign(refund(5_000, "R-2"), "approver-8").send().await.expect(201);
    world.countersign(refund(1, "R-3"), "approver-8").send().await.refused(409, "CONFLICT");
    assert_eq!(available(&world, &fund).await, 866_000);
    let found = world.get(&format!("/v1/recoveries/{id}"), &world.auditor()).await.expect(200);
    assert_eq!((found.fen("/refunds/0/amount_fen"), found.fen("/refunds/1/amount_fen")), (15_000, 5_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_in_another_year_goes_back_to_the_treasury() {
    let world = World::new().await;
    let (fund, id) = recovery(&world, 234_000, 234_000).await;
    receipt(&world, &id, 34_000, "B-1").send().await.expect(201);
    assert_eq!(available(&world, &fund).await, 800_000);
    let version = world.fund_now(&fund).await.fen("/version");

    world.sql("update entry set at = at - interval '1 year' where recovery_id is null").await;
    let late = receipt(&world, &id, 234_000, "B-2").send().await.expect(201);

    assert_eq!((late.fen("/counted/to_fund_fen"), late.fen("/counted/to_treasury_fen")), (0, 234_000));
    assert_eq!((late.fen("/repaid_principal_fen"), late.fen("/repaid_fine_fen")), (234_000, 34_000));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/available_fen"), now.fen("/version")), (800_000, version));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_fund_receives_and_a_closed_one_does_not() {
    let world = World::new().await;
    let (fund, id) = recovery(&world, 234_000, 0).await;
    let reason = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &reason).once().send().await.expect(200);
    let frozen = receipt(&world, &id, 100_000, "B-1").send().await.expect(201);
    assert_eq!(frozen.fen("/counted/to_fund_fen"), 100_000);
    world.sql("update fund set status = 'closed'").await;
    let closed = receipt(&world, &id, 100_000, "B-2").send().await.expect(201);
    assert_eq!((closed.fen("/counted/to_fund_fen"), closed.fen("/counted/to_treasury_fen")), (0, 100_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_paid_is_asked_back_once_it_is_paid() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (who, mut body) = (person(), case(STREET, 60_000));
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    let id = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    let path = format!("/v1/cases/{id}");
    until("paid", async || world.get(&path, &world.auditor()).await.text_at("/state") == "paid").await;
    let recovery = impose(&world, &county(&world), &asked(&id, &who, 60_000, 0)).send().await.expect(201).text_at("/id");
    let back = receipt(&world, &recovery, 60_000, "B-1").send().await.expect(201);
    assert_eq!((back.fen("/counted/to_fund_fen"), back.text_at("/state")), (60_000, "settled".into()));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/available_fen"), now.fen("/held_fen"), now.fen("/paid_fen")), (100_000, 0, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_off_needs_two_and_gives_up_the_fine_first() {
    let world = World::new().await;
    let (fund, id) = recovery(&world, 100_000, 100_000).await;
    let all = json!({"reason": "uncollectable", "note": "下落不明,家住幸福里七号"});
    let alone = verb(&world, &id, "write-off", &all);
    let refused = alone.clone().send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    assert_eq!(alone.send().await.refused(409, "SECOND_SIGNATURE_REQUIRED").text, refused.text);
    world.countersign(verb(&world, &id, "write-off", &all), "finance-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    let elsewhere = verb(&world, &id, "write-off", &all);
    let elsewhere = world.countersign_by(elsewhere, &[Role::Approver], OTHER_STREET, "approver-7");
    elsewhere.send().await.refused(403, "COUNTERSIGN_INVALID");
    assert_eq!(world.count("recovery_write_off").await, 0);

    let part = json!({"amount_fen": 130_000, "reason": "hardship", "note": "低保家庭"});
    let given = write_off(&world, &id, &part).send().await.expect(200);
    assert_eq!((given.fen("/written_off_fine_fen"), given.fen("/written_off_principal_fen")), (100_000, 30_000));
    assert_eq!((given.text_at("/state"), given.fen("/outstanding_fen")), ("open".into(), 70_000));
    let more = json!({"amount_fen": 70_001, "reason": "hardship", "note": "低保家庭"});
    write_off(&world, &id, &more).send().await.refused(409, "CONFLICT");
    let paid = receipt(&world, &id, 20_000, "B-1").send().await.expect(201);
    assert_eq!((paid.fen("/repaid_principal_fen"), paid.fen("/outstanding_fen")), (20_000, 50_000));

    let over = write_off(&world, &id, &all).send().await.expect(200);
    assert_eq!((over.text_at("/state"), over.fen("/written_off_principal_fen")), ("written_off".into(), 80_000));
    write_off(&world, &id, &all).send().await.refused(409, "CONFLICT");
    let late = receipt(&world, &id, 9_000, "B-2").send().await.expect(201);
    assert_eq!((late.fen("/overpaid_fen"), late.text_at("/state")), (9_000, "written_off".into()));
    assert_eq!(available(&world, &fund).await, 786_000);
    let found = world.get(&format!("/v1/recoveries/{id}"), &world.auditor()).await.expect(200);
    assert_eq!((found.fen("/write_offs/0/fine_fen"), found.fen("/write_offs/1/principal_fen")), (100_000, 50_000));
    assert_eq!(found.text_at("/write_offs/1/countersigned_by"), "approver-8");
    let told = world.sql_text("select string_agg(encode(bytes, 'escape'), '') from leaf").await;
    assert!(!told.contains("幸福里") && told.contains("recovery.written_off"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_countersign_signs_one_write_off_once() {
    let world = World::new().await;
    let (_, id) = recovery(&world, 100_000, 0).await;
    let part = json!({"amount_fen": 1, "reason": "hardship", "note": "低保家庭"});
    let signed = write_off(&world, &id, &part);
    signed.clone().send().await.expect(200);
    signed.once_more().send().await.refused(403, "COUNTERSIGN_INVALID");
    assert_eq!(world.count("recovery_write_off").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_is_over_with_the_debtors_death() {
    let world = World::new().await;
    let (_, id) = recovery(&world, 100_000, 100_000).await;
    let of = |fen: i64| json!({"amount_fen": fen, "reason": "deceased", "note": "已于十月病故"});
    let wrong = write_off(&world, &id, &of(99_999)).send().await.refused(400, "VALIDATION");
    assert_eq!(wrong.text_at("/errors/0/pointer"), "/amount_fen");
    let fine = write_off(&world, &id, &of(100_000)).send().await.expect(200);
    assert_eq!((fine.fen("/written_off_fine_fen"), fine.fen("/outstanding_fen")), (100_000, 100_000));
    let rest = json!({"reason": "deceased", "note": "无遗产"});
    let all = write_off(&world, &id, &rest).send().await.expect(200);
    assert_eq!((all.text_at("/state"), all.fen("/outstanding_fen")), ("written_off".into(), 0));

    let who = person();
    let case = paid_case(&world, &who).await;
    world.sql("update person set deceased_on = '2026-10-01'").await;
    impose(&world, &county(&world), &asked(&case, &who, 1_000, 1_000)).send().await.refused(409, "DECEASED");
    impose(&world, &county(&world), &asked(&case, &who, 1_000, 0)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_towards_one_can_be_asked_of_another() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let id = paid_case(&world, &person()).await;
    let first = impose(&world, &county(&world), &asked(&id, &person(), 234_000, 0)).send().await.expect(201).text_at("/id");
    receipt(&world, &first, 34_000, "B-1").send().await.expect(201);
    let all = json!({"reason": "uncollectable", "note": "下落不明"});
    write_off(&world, &first, &all).send().await.expect(200);
    impose(&world, &county(&world), &asked(&id, &person(), 200_001, 0)).send().await.refused(409, "CONFLICT");
    let other = impose(&world, &county(&world), &asked(&id, &person(), 200_000, 0)).send().await.expect(201).text_at("/id");
    receipt(&world, &other, 200_000, "B-1").send().await.expect(201);
    receipt(&world, &first, 200_000, "B-2").send().await.expect(201);
    assert_eq!(available(&world, &fund).await, 1_000_000, "no more comes back than was paid");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_must_add_up() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let part = |due: &str, fen: i64| json!({"due": due, "amount_fen": fen});
    let many: Vec<_> = (0..61).map(|n| part(&format!("{}-01-01", 2900 + n), 1)).collect();
    for (pointer, change) in [
        ("/instalments", json!({"instalments": [part("2990-01-01", 99)]})),
        ("/instalments", json!({"instalments": []})),
        ("/instalments", json!({"instalments": many})),
        ("/instalments/1/due", json!({"instalments": [part("2990-01-02", 50), part("2990-01-02", 50)]})),
        ("/instalments/0/due", json!({"instalments": [part("0001-01-01", 100)]})),
        ("/instalments/0/amount_fen", json!({"instalments": [part("2990-01-01", 0)]})),
        ("/principal_fen", json!({"principal_fen": 0})),
        ("/fine_fen", json!({"fine_fen": -1})),
        ("/bar_until", json!({"bar_until": "2026-02-30"})),
        ("/bar_until", json!({"bar_until": "9999-01-01"})),
        ("/authority_ref", json!({"authority_ref": ""})),
        ("/case_id", json!({"case_id": null})),
        ("/settlement_id", json!({"settlement_id": id})),
        ("/debtor/name", json!({"debtor": {"id_type": "resident_id", "id_no": who, "name": ""}})),
    ] {
        let mut body = asked(&id, &who, 100, 0);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let wrong = impose(&world, &county(&world), &body).send().await.refused(400, "VALIDATION");
        assert_eq!(wrong.text_at("/errors/0/pointer"), pointer, "{}", wrong.text);
    }
    let mut body = asked(&id, "340303188001010010", 100, 0);
    impose(&world, &county(&world), &body).send().await.refused(400, "ID_INVALID");
    body = asked(&id, &who, 100, 0);
    body.as_object_mut().unwrap().remove("case_id");
    body["settlement_id"] = json!(id);
    impose(&world, &county(&world), &body).send().await.refused(404, "NOT_FOUND");
    let recovery = impose(&world, &county(&world), &asked(&id, &who, 100, 0)).send().await.expect(201).text_at("/id");
    for received_on in ["2990-01-01", "0001-01-01", "yesterday", "2026-06-30"] {
        let body = json!({"amount_fen": 1, "reference": "B-1", "received_on": received_on});
        let wrong = verb(&world, &recovery, "receipts", &body).send().await.refused(400, "VALIDATION");
        assert_eq!(wrong.text_at("/errors/0/pointer"), "/received_on");
    }
    let most = receipt(&world, &recovery, 1_000_000_000_000, "B-1").send().await.expect(201);
    assert_eq!(most.fen("/overpaid_fen"), 999_999_999_900);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recoveries_are_listed_by_state_case_and_what_is_overdue() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let mut body = asked(&id, &who, 200, 0);
    body["instalments"] = json!([{"due": "2020-01-31", "amount_fen": 100}, {"due": "2990-01-31", "amount_fen": 100}]);
    let late = impose(&world, &county(&world), &body).send().await.expect(201);
    assert_eq!((late.at("/instalments/0/overdue"), late.at("/instalments/1/overdue")), (json!(true), json!(false)));
    let late = late.text_at("/id");
    let fresh = impose(&world, &county(&world), &asked(&id, &who, 100, 0)).send().await.expect(201).text_at("/id");
    let list = async |query: &str| {
        let found = world.get(&format!("/v1/recoveries?{query}"), &world.finance()).await.expect(200);
        assert!(!found.text.contains(&who));
        found.at("/items").as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, [fresh.clone(), late.clone()]);
    assert_eq!(list("overdue=true").await, std::slice::from_ref(&late));
    assert_eq!(list("overdue=false").await, std::slice::from_ref(&fresh));
    assert_eq!(list(&format!("case_id={id}&state=open")).await.len(), 2);
    assert_eq!(list(&format!("case_id={fresh}")).await, [] as [String; 0]);
    assert_eq!(list("state=settled").await, [] as [String; 0]);
    let first = world.get("/v1/recoveries?limit=1", &world.finance()).await.expect(200);
    assert_eq!(list(&format!("limit=1&cursor={}", first.text_at("/next_cursor"))).await, std::slice::from_ref(&late));

    receipt(&world, &late, 99, "B-1").send().await.expect(201);
    assert_eq!(list("overdue=true").await, std::slice::from_ref(&late));
    receipt(&world, &late, 1, "B-2").send().await.expect(201);
    assert_eq!(list("overdue=true").await, [] as [String; 0]);
    let elsewhere = world.token(&[Role::Finance], OTHER_STREET, "finance-2");
    assert_eq!(world.get("/v1/recoveries", &elsewhere).await.expect(200).at("/items"), json!([]));
    world.get(&format!("/v1/recoveries/{late}"), &elsewhere).await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_of_a_sealed_case_is_shown_to_its_own_and_to_auditors() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let mut body = case(STREET, 156_000);
    body["applicant"]["id_no"] = json!(who);
    body["sealed"] = json!(true);
    let id = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201).text_at("/case/id");
    for role in [Role::Finance, Role::Approver] {
        let street = world.token(&[role], STREET, "approver-2");
        impose(&world, &street, &asked(&id, &who, 1, 0)).send().await.refused(404, "NOT_FOUND");
    }
    let both = world.token(&[Role::Finance, Role::Approver], "340303", "county-1");
    let recovery = impose(&world, &both, &asked(&id, &who, 156_000, 0)).send().await.expect(201).text_at("/id");
    let path = format!("/v1/recoveries/{recovery}");

    world.get(&path, &world.finance()).await.refused(404, "NOT_FOUND");
    assert_eq!(world.get("/v1/recoveries", &world.finance()).await.expect(200).at("/items"), json!([]));
    let elsewhere = world.token(&[Role::Finance], OTHER_STREET, "finance-2");
    let body = json!({"amount_fen": 1, "reference": "B-0", "received_on": today()});
    world.post(&format!("{path}/receipts"), &elsewhere, &body).once().send().await.refused(404, "NOT_FOUND");
    receipt(&world, &recovery, 156_001, "马某-1").send().await.expect(201);
    let refund = verb(&world, &recovery, "refunds", &json!({"amount_fen": 1, "reference": "R-1"}));
    world.countersign(refund, "approver-8").send().await.expect(201);
    let entries = async |token: String| {
        let shown = world.get(&format!("/v1/funds/{fund}/entries"), &token).await.expect(200);
        shown.at("/movements").as_array().unwrap().last().unwrap().clone()
    };
    let last = entries(world.finance()).await;
    assert_eq!((&last["debit"], &last["recovery_id"], &last["reference"]), (&json!("paid"), &json!(null), &json!(null)));
    let told = entries(world.auditor()).await;
    assert_eq!((&told["recovery_id"], &told["reference"]), (&json!(recovery), &json!(null)));
    for token in [&both, &world.auditor(), &world.token(&[Role::Approver], STREET, "approver-1")] {
        world.get(&path, token).await.expect(200);
        assert!(world.get("/v1/recoveries", token).await.expect(200).text.contains(&recovery));
    }
    let body = json!({"amount_fen": 56_000, "reference": "B-1", "received_on": today()});
    world.post(&format!("{path}/receipts"), &both, &body).once().send().await.expect(201);
    assert_eq!(world.get("/v1/alarms", &world.auditor()).await.expect(200).at("/items").as_array().unwrap().len(), 4);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_a_case_in_or_approved_it_does_not_give_up_what_it_was_paid() {
    let world = World::new().await;
    let (_, id) = recovery(&world, 100_000, 0).await;
    let all = json!({"reason": "uncollectable", "note": "算了"});
    for own in ["clerk-1", "approver-1"] {
        world.countersign(verb(&world, &id, "write-off", &all), own).send().await.refused(409, "SAME_PERSON_SIGNED");
        let by = world.token(&[Role::Finance], STREET, own);
        let ask = world.post(&format!("/v1/recoveries/{id}/write-off"), &by, &all).once();
        world.countersign(ask, "approver-8").send().await.refused(409, "SAME_PERSON_SIGNED");
    }
    write_off(&world, &id, &all).send().await.expect(200);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_comes_back_after_its_money_was_recovered_is_told() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 100_000).await;
    let (who, mut body) = (person(), case(STREET, 60_000));
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    let paid = world.fast_track(&body).send().await.expect(201);
    let (id, payment) = (paid.text_at("/case/id"), paid.text_at("/payments/0/id"));
    let path = format!("/v1/cases/{id}");
    until("paid", async || world.get(&path, &world.auditor()).await.text_at("/state") == "paid").await;
    let recovery = impose(&world, &county(&world), &asked(&id, &who, 60_000, 0)).send().await.expect(201).text_at("/id");
    receipt(&world, &recovery, 60_000, "B-1").send().await.expect(201);

    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);

    let alarms = world.get("/v1/alarms", &world.finance()).await.expect(200);
    assert_eq!((alarms.text_at("/items/0/kind"), alarms.text_at("/items/0/about")), ("payment_unknown".into(), payment));
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 100_000);
    world.check_invariants().await;
}
