//! Stories that go on after the first answer: S4 and S10.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{OTHER_STREET, STREET, World, case, person};

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_gap_in_a_pension_is_bridged_once_and_nothing_is_recovered() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let woman = person();
    let asked = |cause: &str| {
        let mut body = case(STREET, 78_000);
        body["applicant"]["id_no"] = json!(woman);
        body["incident"]["cause"] = json!(cause);
        body
    };
    // In March she was helped after a flood: another cause.
    let flood = world.fast_track(&asked("disaster")).send().await.expect(201).text_at("/case/id");
    world.sql(&format!("update claim set day = '2026-03-10' where case_id = '{flood}'")).await;

    let helped = world.fast_track(&asked("income_interruption")).send().await.expect(201);
    assert_eq!((helped.fen("/decision/granted_fen"), helped.text_at("/decision/lane")), (78_000, "quick".into()));
    assert_eq!(helped.text_at("/decision/referrals/0/to"), "pension_office");
    let (id, clerk) = (helped.text_at("/case/id"), world.clerk(STREET));
    let to = json!({"to": "pension_office", "reason": "养老金停发两个月", "due": "2026-12-10"});
    let referral = world.post(&format!("/v1/cases/{id}/referrals"), &clerk, &to).once().send().await.expect(201).text_at("/id");
    let paper = world.get(&format!("/v1/cases/{id}/forms/referral"), &clerk).await.expect(200);
    assert!(paper.text.contains("社会保险经办机构"));

    // The arrears of 2 840 arrive. What was granted stays granted.
    let came = json!({"outcome": "helped", "note": "补发2840元"});
    world.post(&format!("/v1/cases/{id}/referrals/{referral}/outcome"), &clerk, &came).once().send().await.expect(200);
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 156_000);

    // The same cause is blocked, here and elsewhere, for a year.
    let again = world.fast_track(&asked("income_interruption")).send().await.refused(409, "SAME_CAUSE");
    assert_eq!(again.text_at("/decision/conflict/number"), helped.text_at("/case/number"));
    world.sql(&format!("update claim set day = day - 365 where case_id = '{id}'")).await;
    world.fast_track(&asked("income_interruption")).send().await.expect(201);
    world.check_invariants().await;
}

/// The leaves that tell of somebody: kind and bytes.
async fn leaves_of(world: &World, who: &str) -> Vec<Value> {
    let sql = format!(
        "select coalesce(json_agg(convert_from(bytes, 'UTF8')::json), '[]')::text from leaf where convert_from(bytes, 'UTF8') like '%{who}%'"
    );
    serde_json::from_str::<Vec<Value>>(&world.sql_text(&sql).await).unwrap()
}

/// Her husband works in the village office: he may look at cases, and looks for her in every way he knows.
async fn looks_for_her(world: &World, husband: &str, secrets: &[&str; 3], people: &[&str; 2], fund: &str) {
    let [id, number, incident] = secrets;
    for secret in [
        json!({"id_type": "resident_id", "id_no": people[0]}),
        json!({"id_type": "resident_id", "id_no": people[1]}),
        json!({"number": number}),
        json!({"code": "APPROVED"}),
        json!({}),
    ] {
        let found = world.post("/v1/cases/search", husband, &secret).send().await.expect(200);
        assert_eq!(found.at("/items"), json!([]), "{secret}");
    }
    let lists = [
        "/v1/cases".to_owned(),
        format!("/v1/cases?incident={incident}"),
        "/v1/cases?lane=advance".to_owned(),
        "/v1/cases?due_before=2027-12-31".to_owned(),
        format!("/v1/funds/{fund}/entries"),
        "/v1/alarms".to_owned(),
    ];
    for list in lists {
        let seen = world.get(&list, husband).await.expect(200);
        assert!(secrets.iter().all(|secret| !seen.text.contains(*secret)), "{list}: {}", seen.text);
    }
    let forms = ["approval", "receipt", "referral"].map(|form| format!("/v1/cases/{id}/forms/{form}"));
    for path in [format!("/v1/cases/{id}"), format!("/v1/incidents/{incident}")].iter().chain(&forms) {
        world.get(path, husband).await.expect(404);
    }
    for (verb, body) in [
        ("withdrawal", json!({"reason": "无"})),
        ("papers", json!({"kind": "id_card"})),
        ("referrals", json!({"to": "county", "reason": "无"})),
        ("review", json!({"outcome": "confirmed", "note": "无"})),
    ] {
        world.post(&format!("/v1/cases/{id}/{verb}"), husband, &body).once().send().await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_a_woman_and_her_child_are_helped_and_her_husband_learns_nothing() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let (woman, child) = (person(), person());
    // At eight in the evening, without papers: by her statement and the signature of a second officer.
    let body = json!({
        "division": STREET,
        "incident": {"cause": "violence", "place": "某小区", "occurred_at": "2026-11-20T19:10:00+08:00"},
        "applicant": {"id_type": "resident_id", "id_no": woman, "name": "测试人"},
        "household": [{"id_type": "resident_id", "id_no": child, "name": "测试儿", "relation": "child"}],
        "requested_fen": 156_000, "sealed": true,
        "payments": [{"method": "cash", "received_by": "payee"}]
    });
    let helped = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);
    assert_eq!((helped.fen("/decision/granted_fen"), helped.text_at("/decision/lane")), (156_000, "advance".into()));
    assert_eq!((helped.text_at("/case/state"), helped.text_at("/payments/0/state")), ("paid".into(), "paid".into()));
    assert_eq!(helped.text_at("/decision/referrals/0/to"), "shelter");
    assert!(!helped.at("/case/missing").as_array().unwrap().is_empty());
    let (id, number, incident) =
        (helped.text_at("/case/id"), helped.text_at("/case/number"), helped.text_at("/case/incident_id"));
    let to = json!({"to": "shelter", "reason": "家庭暴力"});
    world.post(&format!("/v1/cases/{id}/referrals"), &world.clerk(STREET), &to).once().send().await.expect(201);

    let husband = world.token(&[Role::Clerk, Role::Approver, Role::Cashier], STREET, "husband");
    looks_for_her(&world, &husband, &[&id, &number, &incident], &[&woman, &child], &fund).await;
    // Each of it was recorded.
    let denied = leaves_of(&world, "husband").await.iter().filter(|leaf| leaf["kind"] == "access.denied").count();
    assert!(denied >= 9, "{denied}");
    let told = world.get("/v1/alarms", &world.auditor()).await.expect(200);
    assert!(told.at("/items").as_array().unwrap().iter().any(|alarm| alarm["kind"] == "sealed_read" && alarm["about"] == *id));

    // A case that he files for the child says nothing of where she is.
    let mut probe = case(OTHER_STREET, 10_000);
    world.fund(OTHER_STREET, 100_000).await;
    probe["applicant"]["id_no"] = json!(child);
    probe["incident"]["cause"] = json!("violence");
    let clerk = world.token(&[Role::Clerk], "3403", "husband");
    let answer = world.post("/v1/fast-track", &clerk, &probe).once().send().await.refused(409, "REVIEW_REQUIRED");
    for secret in [&*id, &*number, STREET, "156000", "1560"] {
        assert!(!answer.text.replace(OTHER_STREET, "").contains(secret), "{secret}: {}", answer.text);
    }
    world.check_invariants().await;
}
