//! Recoveries imposed in error: taken back by two, and the bar with them.

use futures_util::future::{join, join_all};
use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::recovery::{asked, county, impose, paid_case, receipt};
use crate::world::{Ask, OTHER_STREET, STREET, World, person};

fn verb(world: &World, id: &str, verb: &str, body: &Value) -> Ask {
    world.post(&format!("/v1/recoveries/{id}/{verb}"), &world.finance(), body).once()
}

fn cancel(world: &World, id: &str) -> Ask {
    verb(world, id, "cancellation", &json!({"note": "认错了人,应为幸福里七号"}))
}

async fn barred(world: &World, case: &str, who: &str, until: &str) -> String {
    let mut body = asked(case, who, 100_000, 100_000);
    body["bar_until"] = json!(until);
    impose(world, &county(world), &body).send().await.expect(201).text_at("/id")
}

async fn bar(world: &World) -> String {
    world.sql_text("select coalesce(max(barred_until)::text, 'none') from person").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imposed_in_error_is_taken_back_whole() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let (wrong, other) = (barred(&world, &id, &who, "2990-01-01").await, barred(&world, &id, &who, "2980-01-01").await);
    // Of a closed fund nothing goes back to it.
    world.sql("update fund set status = 'closed'").await;
    receipt(&world, &wrong, 150_000, "B-1").send().await.expect(201);

    let ask = world.countersign(cancel(&world, &wrong), "approver-8");
    let cancelled = ask.clone().send().await.expect(200);

    assert_eq!((cancelled.text_at("/state"), cancelled.fen("/outstanding_fen")), ("cancelled".into(), 0));
    let parts = ["repaid_principal_fen", "repaid_fine_fen", "overpaid_fen"].map(|part| cancelled.fen(&format!("/{part}")));
    assert_eq!((parts, cancelled.at("/instalments/0/overdue")), ([0, 0, 150_000], json!(false)));
    assert_eq!(bar(&world).await, "2980-01-01", "the other one stands");
    assert_eq!(ask.send().await.expect(200).text, cancelled.text);
    world.countersign(cancel(&world, &wrong), "approver-8").send().await.refused(409, "CONFLICT");
    let late = receipt(&world, &wrong, 5, "B-2").send().await.expect(201);
    assert_eq!((late.text_at("/state"), late.fen("/overpaid_fen")), ("cancelled".into(), 150_005));
    let all = json!({"reason": "hardship", "note": "低保家庭"});
    world.countersign(verb(&world, &wrong, "write-off", &all), "approver-8").send().await.refused(409, "CONFLICT");
    let back = json!({"amount_fen": 150_005, "reference": "R-1"});
    world.countersign(verb(&world, &wrong, "refunds", &back), "approver-8").send().await.expect(201);
    world.countersign(verb(&world, &other, "write-off", &all), "approver-8").send().await.expect(200);
    assert_eq!(bar(&world).await, "2980-01-01", "what is given up keeps its bar");
    world.countersign(cancel(&world, &other), "approver-8").send().await.expect(200);
    assert_eq!(bar(&world).await, "none");

    impose(&world, &county(&world), &asked(&id, &who, 234_000, 0)).send().await.expect(201);
    let found = world.get(&format!("/v1/recoveries/{wrong}"), &world.auditor()).await.expect(200);
    assert_eq!(found.text_at("/cancellation/countersigned_by"), "approver-8");
    let listed = world.get("/v1/recoveries?state=cancelled", &world.finance()).await.expect(200);
    assert_eq!(listed.at("/items").as_array().unwrap().len(), 2);
    let told = world.sql_text("select string_agg(encode(bytes, 'escape'), '') from leaf").await;
    assert!(!told.contains("幸福里") && told.contains("recovery.cancelled"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_a_recovery_back_alone_nor_their_own_cases() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let wrong = barred(&world, &id, &who, "2990-01-01").await;
    cancel(&world, &wrong).send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    for same in ["finance-1", "clerk-1", "approver-1"] {
        world.countersign(cancel(&world, &wrong), same).send().await.refused(409, "SAME_PERSON_SIGNED");
    }
    let elsewhere = world.countersign_by(cancel(&world, &wrong), &[Role::Approver], OTHER_STREET, "approver-7");
    elsewhere.send().await.refused(403, "COUNTERSIGN_INVALID");
    verb(&world, &wrong, "cancellation", &json!({})).send().await.refused(400, "VALIDATION");
    receipt(&world, &wrong, 1, "B-1").send().await.expect(201);
    let late = world.countersign(cancel(&world, &wrong), "approver-8").send().await.refused(409, "CONFLICT");
    assert!(late.text_at("/detail").contains("0.01 yuan of principal went back to the fund"), "{}", late.text);
    assert_eq!((world.count("recovery_cancellation").await, bar(&world).await), (0, "2990-01-01".into()));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_a_case_in_or_approved_it_refunds_nothing_of_it() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let owed = impose(&world, &county(&world), &asked(&id, &who, 1, 0)).send().await.expect(201).text_at("/id");
    receipt(&world, &owed, 10, "B-1").send().await.expect(201);
    let back = json!({"amount_fen": 1, "reference": "R-1"});
    for own in ["clerk-1", "approver-1"] {
        world.countersign(verb(&world, &owed, "refunds", &back), own).send().await.refused(409, "SAME_PERSON_SIGNED");
        let by = world.token(&[Role::Finance], STREET, own);
        let ask = world.post(&format!("/v1/recoveries/{owed}/refunds"), &by, &back).once();
        world.countersign(ask, "approver-8").send().await.refused(409, "SAME_PERSON_SIGNED");
    }
    world.countersign(verb(&world, &owed, "refunds", &back), "approver-8").send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_is_taken_back_once_and_a_new_bar_at_once_stays() {
    let world = World::new().await;
    let second = world.another_server().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let id = paid_case(&world, &who).await;
    let wrong = barred(&world, &id, &who, "2990-01-01").await;
    let path = format!("/v1/recoveries/{wrong}/cancellation");
    let asks = (0..6).map(|n| {
        let server = if n % 2 == 0 { &world.server } else { &second };
        let ask = world.ask_at(server, Method::POST, &path).by(&world.finance()).json(&json!({"note": "弄错"})).once();
        world.countersign(ask, "approver-8").send()
    });
    let (answers, _) = join(join_all(asks), barred(&world, &id, &who, "2980-01-01")).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!((world.count("recovery_cancellation").await, bar(&world).await), (1, "2980-01-01".into()));
    world.check_invariants().await;
}
