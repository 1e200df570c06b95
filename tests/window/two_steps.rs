//! The two-step way: taken in by one, approved by another, paid in parts, papers, withdrawn, declined.

use futures_util::future::join_all;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, World, account, case, person};

/// A case without payments, as `POST /v1/cases` takes it.
fn plain(street: &str, fen: i64) -> Value {
    let mut body = case(street, fen);
    body.as_object_mut().unwrap().remove("payments");
    body
}

async fn accept(world: &World, body: &Value) -> String {
    let accepted = world.post("/v1/cases", &world.clerk(STREET), body).once().send().await.expect(201);
    assert_eq!(accepted.text_at("/case/state"), "accepted");
    accepted.text_at("/case/id")
}

fn verb(world: &World, id: &str, verb: &str, role: Role, sub: &str, body: &Value) -> Ask {
    world.post(&format!("/v1/cases/{id}/{verb}"), &world.token(&[role], STREET, sub), body).once()
}

fn approve(world: &World, id: &str) -> Ask {
    verb(world, id, "approval", Role::Approver, "approver-1", &json!({"note": "情况属实"}))
}

fn cash(world: &World, id: &str, fen: Option<i64>) -> Ask {
    let payment = fen.map_or(json!({"method": "cash"}), |fen| json!({"method": "cash", "amount_fen": fen}));
    verb(world, id, "payments", Role::Cashier, "cashier-1", &json!({"payments": [payment]}))
}

async fn totals(world: &World, fund: &str) -> (i64, i64, i64) {
    let fund = world.fund_now(fund).await;
    (fund.fen("/available_fen"), fund.fen("/held_fen"), fund.fen("/paid_fen"))
}

fn done(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer.status, 200 | 201)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_fire_is_accepted_approved_paid_in_parts_and_completed() {
    let world = World::new().await;
    let fund = world.fund(STREET, 3_140_000).await;
    let mut body = plain(STREET, 780_000);
    body["incident"]["cause"] = json!("fire");
    let id = accept(&world, &body).await;
    assert_eq!(totals(&world, &fund).await, (3_140_000, 0, 0), "nothing is granted yet");

    let approved = approve(&world, &id).send().await.expect(200);
    assert_eq!((approved.text_at("/case/state"), approved.fen("/granted_fen")), ("approved".into(), 300_000));
    assert_eq!(approved.text_at("/decision/binding_rule"), "LIMIT_CASE");
    assert_eq!((approved.text_at("/decision/lane"), approved.at("/case/missing")), ("advance".into(), json!(["id_card"])));
    assert_eq!(totals(&world, &fund).await, (2_840_000, 300_000, 0));

    let first = cash(&world, &id, Some(100_000)).send().await.expect(201);
    assert_eq!((first.text_at("/case/state"), first.text_at("/payments/0/state")), ("approved".into(), "paid".into()));
    let transfer = json!({"payments": [{"method": "bank", "account": account(), "account_name": "测试人"}]});
    let second = verb(&world, &id, "payments", Role::Clerk, "clerk-1", &transfer).send().await.expect(201);
    assert_eq!((second.text_at("/case/state"), second.fen("/payments/1/amount_fen")), ("paying".into(), 200_000));
    assert!(second.text_at("/payments/1/receipt_number").ends_with("-2"));
    assert_eq!(totals(&world, &fund).await, (2_840_000, 200_000, 100_000));

    let paper = json!({"kind": "id_card", "sha256": "ab".repeat(32), "note": "补交身份证"});
    let here = verb(&world, &id, "papers", Role::Clerk, "clerk-1", &paper).send().await.expect(200);
    assert_eq!((here.text_at("/case/state"), here.at("/case/missing")), ("paying".into(), json!([])), "not paid out yet");
    verb(&world, &id, "papers", Role::Clerk, "clerk-1", &paper).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_paid_with_every_paper_is_completed() {
    let world = World::new().await;
    world.fund(STREET, 3_140_000).await;
    let id = accept(&world, &plain(STREET, 150_000)).await;
    approve(&world, &id).send().await.expect(200);
    cash(&world, &id, None).send().await.expect(201);
    let paper = json!({"kind": "id_card"});
    let completed = verb(&world, &id, "papers", Role::Clerk, "clerk-1", &paper).send().await.expect(200);
    assert_eq!(completed.text_at("/case/state"), "completed");
    let late = world.get("/v1/cases?due_before=2999-01-01", &world.clerk(STREET)).await.expect(200);
    assert_eq!(late.at("/items"), json!([]), "nothing is due any more");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_declines_or_pays_out_their_own() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 50_000)).await;
    for (name, body) in [("approval", json!({"note": "同意"})), ("decline", json!({"reason": "不同意"}))] {
        let refused = verb(&world, &id, name, Role::Approver, "clerk-1", &body).send().await.refused(409, "SAME_PERSON_SIGNED");
        assert_eq!(refused.text_at("/case_id"), id);
    }
    approve(&world, &id).send().await.expect(200);
    let both = world.token(&[Role::Approver, Role::Cashier], STREET, "approver-1");
    let body = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{id}/payments"), &both, &body).once().send().await.refused(409, "SAME_PERSON_SIGNED");
    assert_eq!(totals(&world, &fund).await, (950_000, 50_000, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_case_is_over_and_claims_nothing() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let mut body = plain(STREET, 50_000);
    body["applicant"]["id_no"] = json!(who);
    let id = accept(&world, &body).await;
    let declined =
        verb(&world, &id, "decline", Role::Approver, "approver-1", &json!({"reason": "已有其他救助"})).send().await.expect(200);
    assert_eq!(declined.text_at("/case/state"), "declined");
    approve(&world, &id).send().await.refused(409, "CONFLICT");
    verb(&world, &id, "withdrawal", Role::Clerk, "clerk-1", &json!({"reason": "撤回"})).send().await.refused(409, "CONFLICT");
    let mut again = case(STREET, 50_000);
    again["applicant"]["id_no"] = json!(who);
    world.fast_track(&again).send().await.expect(201);
    assert_eq!(totals(&world, &fund).await, (950_000, 0, 50_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_gives_the_free_part_and_its_limits_back() {
    let world = World::new().await;
    let limits = json!({"person_year_cap_fen": 60_000, "officer_day_cap_fen": 60_000, "fund_day_cap_fen": 60_000});
    let fund = world.fund_with(STREET, 1_000_000, limits).await;
    let mut body = plain(STREET, 60_000);
    body["applicant"]["id_no"] = json!(person());
    let id = accept(&world, &body).await;
    approve(&world, &id).send().await.expect(200);
    cash(&world, &id, Some(10_000)).send().await.expect(201);

    let rest = json!({"reason": "其余不需要了"});
    let withdrawn = verb(&world, &id, "withdrawal", Role::Clerk, "clerk-1", &rest).send().await.expect(200);
    assert_eq!((withdrawn.text_at("/case/state"), withdrawn.fen("/granted_fen")), ("paid".into(), 10_000));
    assert_eq!(totals(&world, &fund).await, (990_000, 0, 10_000));

    // Another person's case fills the day exactly.
    let filled = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    assert_eq!((filled.text_at("/decision/code"), filled.fen("/decision/granted_fen")), ("APPROVED_PARTIAL".into(), 50_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_withdrawn_before_any_payment_does_not_block_the_same_cause() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let mut body = plain(STREET, 50_000);
    body["applicant"]["id_no"] = json!(who);
    let id = accept(&world, &body).await;
    approve(&world, &id).send().await.expect(200);
    let mut again = case(STREET, 50_000);
    again["applicant"]["id_no"] = json!(who);
    world.fast_track(&again).send().await.refused(409, "SAME_CAUSE");
    let gone = verb(&world, &id, "withdrawal", Role::Clerk, "clerk-1", &json!({"reason": "撤回"})).send().await.expect(200);
    assert_eq!((gone.text_at("/case/state"), gone.fen("/granted_fen")), ("withdrawn".into(), 0));
    world.fast_track(&again).send().await.expect(201);
    assert_eq!(totals(&world, &fund).await, (950_000, 0, 50_000));
    assert_eq!(world.count("claim").await, 2, "claims are history, each in its slot");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_cause_is_opened_by_a_reason_and_the_same_incident_never() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let mut first = case(STREET, 20_000);
    first["applicant"]["id_no"] = json!(who);
    let incident = world.fast_track(&first).send().await.expect(201).text_at("/case/incident_id");
    let mut body = plain(STREET, 20_000);
    body["applicant"]["id_no"] = json!(who);
    let id = accept(&world, &body).await;
    approve(&world, &id).send().await.refused(409, "SAME_CAUSE");
    let reason = json!({"note": "同意", "repeat_reason": "二次受伤,另案"});
    let opened = verb(&world, &id, "approval", Role::Approver, "approver-1", &reason).send().await.expect(200);
    assert_eq!(opened.fen("/granted_fen"), 20_000);

    body["incident"] = json!({"id": incident});
    let same = accept(&world, &body).await;
    verb(&world, &same, "approval", Role::Approver, "approver-1", &reason).send().await.refused(409, "SAME_CAUSE");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_approval_and_one_payment_win_however_many_ask() {
    let world = World::new().await;
    let second = world.another_server().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 50_000)).await;
    let path = format!("/v1/cases/{id}/approval");
    let asks = (0..12).map(|n| {
        let server = if n % 2 == 0 { &world.server } else { &second };
        let token = world.token(&[Role::Approver], STREET, &format!("approver-{n}"));
        world.ask_at(server, reqwest::Method::POST, &path).by(&token).json(&json!({"note": "同意"})).once().send()
    });
    assert_eq!(done(&join_all(asks).await), 1);
    assert_eq!(totals(&world, &fund).await, (950_000, 50_000, 0));

    let pays = (0..12).map(|_| cash(&world, &id, Some(30_000)).send());
    assert_eq!(done(&join_all(pays).await), 1, "twice 300 are more than the 500 that are held");
    assert_eq!(totals(&world, &fund).await, (950_000, 20_000, 30_000));

    let reason = json!({"reason": "撤回"});
    let (pay, withdraw) =
        tokio::join!(cash(&world, &id, None).send(), verb(&world, &id, "withdrawal", Role::Clerk, "clerk-1", &reason).send());
    assert_eq!(done(&[pay, withdraw]), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_answers_the_same_key_with_the_same_bytes() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let taken = world.post("/v1/cases", &world.clerk(STREET), &plain(STREET, 50_000)).once();
    let first = taken.clone().send().await.expect(201);
    let id = first.text_at("/case/id");
    assert_eq!(taken.send().await.expect(201).text, first.text);
    for ask in [approve(&world, &id), cash(&world, &id, Some(10_000)), cash(&world, &id, None)] {
        let first = ask.clone().send().await;
        assert!(matches!(first.status, 200 | 201), "{}", first.text);
        let again = ask.send().await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true");
    }
    assert_eq!(world.count("entry").await, 4);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_is_held_is_not_paid_and_much_cash_needs_its_rules() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 250_000)).await;
    cash(&world, &id, None).send().await.refused(409, "CONFLICT");
    approve(&world, &id).send().await.expect(200);
    cash(&world, &id, Some(250_001)).send().await.refused(409, "CONFLICT");
    cash(&world, &id, None).send().await.refused(409, "LIMIT_CASH");
    cash(&world, &id, Some(200_000)).send().await.expect(201);
    assert_eq!(totals(&world, &fund).await, (750_000, 50_000, 200_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_may_grant_less_and_never_more() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 50_000)).await;
    let more = json!({"note": "同意", "granted_fen": 50_001});
    verb(&world, &id, "approval", Role::Approver, "approver-1", &more).send().await.refused(400, "VALIDATION");
    let less = json!({"note": "同意", "granted_fen": 30_000});
    let approved = verb(&world, &id, "approval", Role::Approver, "approver-1", &less).send().await.expect(200);
    assert_eq!((approved.fen("/granted_fen"), approved.text_at("/decision/code")), (30_000, "APPROVED_PARTIAL".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_officer_decided_alone_is_looked_at_by_another() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let alone = world.fast_track(&case(STREET, 50_000)).send().await.expect(201).text_at("/case/id");
    let two =
        world.countersign(world.fast_track(&case(STREET, 50_000)), "approver-1").send().await.expect(201).text_at("/case/id");
    let list = async || {
        let due = world.get("/v1/cases?review_before=2999-01-01T00:00:00Z", &world.clerk(STREET)).await.expect(200);
        due.at("/items").as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list().await, std::slice::from_ref(&alone), "{two} was signed by two");
    let body = json!({"outcome": "confirmed", "note": "属实"});
    verb(&world, &alone, "review", Role::Approver, "clerk-1", &body).send().await.refused(409, "SAME_PERSON_SIGNED");
    verb(&world, &alone, "review", Role::Approver, "approver-2", &body).send().await.expect(200);
    verb(&world, &alone, "review", Role::Approver, "approver-2", &body).send().await.refused(409, "CONFLICT");
    assert_eq!(list().await, [] as [String; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_passed_on_and_what_came_of_it_is_said_once() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 50_000)).await;
    let to = json!({"to": "county", "reason": "超出街道权限", "due": "2026-12-01"});
    let referral = verb(&world, &id, "referrals", Role::Clerk, "clerk-1", &to).send().await.expect(201).text_at("/id");
    let nowhere = json!({"to": "moon", "reason": "无"});
    verb(&world, &id, "referrals", Role::Clerk, "clerk-1", &nowhere).send().await.refused(400, "VALIDATION");
    let outcome = json!({"outcome": "helped", "note": "县里已救助"});
    let path = format!("referrals/{referral}/outcome");
    verb(&world, &id, &path, Role::Clerk, "clerk-1", &outcome).send().await.expect(200);
    verb(&world, &id, &path, Role::Clerk, "clerk-1", &outcome).send().await.refused(409, "CONFLICT");
    let other = accept(&world, &plain(STREET, 50_000)).await;
    verb(&world, &other, &path, Role::Clerk, "clerk-1", &outcome).send().await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_with_too_many_overdue_papers_gets_no_further_advance() {
    let world = World::new().await;
    world.fund(STREET, 3_000_000).await;
    let advance = async || world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1").send().await;
    for _ in 0..4 {
        advance().await.expect(201);
    }
    advance().await.expect(201);
    world.sql("update aid_case set completion_due = '2026-01-05' where ordinal <= 4").await;

    let refused = advance().await.refused(409, "COMPLETION_OVERDUE");
    assert_eq!(refused.text_at("/decision/lane"), "advance");
    world.fast_track(&case(STREET, 50_000)).send().await.expect(201);
    let overdue = world.get("/v1/cases?due_before=2026-02-01", &world.clerk(STREET)).await.expect(200);
    let first = overdue.text_at("/items/0/id");
    assert_eq!(overdue.at("/items").as_array().unwrap().len(), 4);
    verb(&world, &first, "papers", Role::Clerk, "clerk-1", &json!({"kind": "id_card"})).send().await.expect(200);
    advance().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_case_is_refused_in_writing_with_the_reason_of_the_approver() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = accept(&world, &plain(STREET, 60_000)).await;
    let path = format!("/v1/cases/{id}/forms/refusal");
    world.get(&path, &world.clerk(STREET)).await.refused(409, "CONFLICT");
    let reason = json!({"reason": "家庭已获医疗救助<b>"});
    verb(&world, &id, "decline", Role::Approver, "approver-1", &reason).send().await.expect(200);

    let page = world.get(&path, &world.clerk(STREET)).await.expect(200).text;
    for text in ["不予救助告知书", "未予救助:家庭已获医疗救助&lt;b&gt;。", "如不服,可依法申请行政复议或提起行政诉讼"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("准予救助") && !page.contains("审查数额"), "{page}");
    assert!(!world.get(&path, &world.finance()).await.expect(200).text.contains("家庭已获"), "free text may name people");
}
