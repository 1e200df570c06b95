//! Unknown people: helped under a temporary identity, merged into a real one with the caps run again, and wrong merges taken back.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, STREET, Server, World, case, person};

/// A case of somebody unknown, paid in cash.
pub fn unknown(number: &str, fen: i64) -> Value {
    let mut body = case(STREET, fen);
    body["applicant"] = json!({"id_type": "temporary", "id_no": number, "name": "无名氏", "residence": "none"});
    body
}

pub fn of(who: &str, cause: &str, fen: i64) -> Value {
    let mut body = case(STREET, fen);
    (body["applicant"]["id_no"], body["incident"]["cause"]) = (json!(who), json!(cause));
    body
}

pub fn merge_body(number: &str, who: &str) -> Value {
    let to = json!({"id_type": "resident_id", "id_no": who, "name": "张有名"});
    json!({"from": {"id_no": number}, "to": to, "note": "妻子辨认"})
}

pub fn merge_at(world: &World, server: &Server, id: &str, number: &str, who: &str) -> Ask {
    let path = format!("/v1/cases/{id}/identity");
    world.ask_at(server, Method::POST, &path).by(&world.clerk(STREET)).json(&merge_body(number, who)).once()
}

pub fn merge(world: &World, id: &str, number: &str, who: &str) -> Ask {
    merge_at(world, &world.server, id, number, who)
}

pub fn approver(world: &World) -> String {
    world.token(&[Role::Approver], STREET, "approver-1")
}

pub fn verb(world: &World, id: &str, verb: &str, body: &Value) -> Ask {
    world.post(&format!("/v1/cases/{id}/{verb}"), &approver(world), body).once()
}

pub fn undo(world: &World, id: &str) -> Ask {
    verb(world, id, "identity/undo", &json!({"note": "认错了人"}))
}

pub async fn accept(world: &World, mut body: Value) -> String {
    body.as_object_mut().unwrap().remove("payments");
    world.post("/v1/cases", &world.clerk(STREET), &body).once().send().await.expect(201).text_at("/case/id")
}

pub async fn approve(world: &World, id: &str) -> Answer {
    verb(world, id, "approval", &json!({"note": "情况属实"})).send().await
}

pub async fn seen(world: &World, id: &str) -> Answer {
    world.get(&format!("/v1/cases/{id}"), &world.clerk(STREET)).await.expect(200)
}

/// How many cases are found by an identity.
pub async fn found(world: &World, kind: &str, number: &str) -> usize {
    let body = json!({"id_type": kind, "id_no": number});
    let found = world.post("/v1/cases/search", &world.clerk(STREET), &body).send().await.expect(200);
    found.at("/items").as_array().unwrap().len()
}

pub async fn totals(world: &World, fund: &str) -> (i64, i64, i64) {
    let fund = world.fund_now(fund).await;
    (fund.fen("/available_fen"), fund.fen("/held_fen"), fund.fen("/paid_fen"))
}

pub fn codes(merged: &Answer) -> Vec<String> {
    let findings = merged.at("/identity/findings");
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_man_is_helped_at_night_and_keeps_his_numbers_when_he_is_known() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 1_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let paid = world.fast_track(&unknown("ER-0150", 78_000)).send().await.expect(201);
    assert_eq!((paid.text_at("/decision/code"), paid.text_at("/decision/lane")), ("APPROVED".into(), "quick".into()));
    let (id, number, who) = (paid.text_at("/case/id"), paid.at("/case/number"), person());

    let merged = merge(&world, &id, "ER-0150", &who).send().await.expect(200);

    assert_eq!((merged.at("/identity"), merged.at("/case/number")), (json!({"findings": [], "released_fen": 0}), number));
    assert_eq!(merged.at("/payments"), paid.at("/payments"), "payments and receipt numbers stay");
    assert_eq!(totals(&world, &fund).await, (922_000, 0, 78_000));
    let file = seen(&world, &id).await;
    assert_eq!((file.text_at("/parties/0/id_no"), file.text_at("/parties/0/name")), (who.clone(), "张有名".into()));
    assert_eq!((file.text_at("/parties/0/residence"), file.at("/decision")), ("none".into(), paid_decision(&paid)));
    assert!(file.at("/identity_merges/0/undone_at").is_null() && file.at("/identity_merges/0/at").is_string());
    assert_eq!((found(&world, "resident_id", &who).await, found(&world, "temporary", "ER-0150").await), (1, 1));

    // The caps are the real person's now: 780 of 1 000 yuan are used, and the cause is spent.
    let more = world.fast_track(&of(&who, "illness", 78_000)).send().await.expect(201);
    assert_eq!((more.text_at("/decision/binding_rule"), more.fen("/decision/granted_fen")), ("LIMIT_PERSON_YEAR".into(), 22_000));
    let again = world.fast_track(&of(&who, "accident", 1_000)).send().await.refused(409, "SAME_CAUSE");
    assert_eq!(again.at("/decision/conflict/number"), merged.at("/case/number"));
    for text in [&merged.text, &again.text] {
        assert!(!text.contains(&who) && !text.contains("ER-0150") && !text.contains("张有名"), "{text}");
    }
    world.check_invariants().await;
}

/// The decision of an answer as it is kept: without the ways out.
fn paid_decision(answer: &Answer) -> Value {
    let mut decision = answer.at("/decision");
    decision.as_object_mut().unwrap().remove("options");
    decision
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_into_somebody_helped_for_the_same_cause_it_is_found_with_its_link_and_looked_at() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    let first = world.fast_track(&of(&who, "accident", 78_000)).send().await.expect(201);
    let id = world.fast_track(&unknown("T-1", 78_000)).send().await.expect(201).text_at("/case/id");
    verb(&world, &id, "review", &json!({"outcome": "confirmed", "note": "属实"})).send().await.expect(200);
    assert!(seen(&world, &id).await.at("/review_due").is_null());

    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);

    let conflict = json!({"number": first.at("/case/number"), "division": STREET});
    assert_eq!(merged.at("/identity"), json!({"findings": [{"code": "SAME_CAUSE", "conflict": conflict}], "released_fen": 0}));
    assert_eq!((merged.text_at("/case/state"), merged.fen("/granted_fen")), ("paid".into(), 78_000));
    assert_eq!(totals(&world, &fund).await, (844_000, 0, 156_000), "what is paid stays paid");
    assert!(seen(&world, &id).await.at("/review_due").is_string(), "somebody looks at it");
    let leaf = world
        .sql_text("select convert_from(bytes, 'UTF8') from leaf where convert_from(bytes, 'UTF8') like '%identity_merge%'")
        .await;
    assert!(leaf.contains("\"findings\":[\"SAME_CAUSE\"]") && !leaf.contains(&who) && !leaf.contains("T-1"), "{leaf}");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_incident_twice_is_kept_as_a_finding_and_seen_where_there_is_none() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let first = world.fast_track(&of(&who, "accident", 10_000)).send().await.expect(201);
    let incident = json!({"id": first.at("/case/incident_id")});
    let mut body = unknown("T-1", 10_000);
    body["incident"] = incident.clone();
    let id = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);
    assert_eq!(codes(&merged), ["SAME_CAUSE"]);
    world.check_invariants().await;

    body["applicant"] = json!({"id_type": "resident_id", "id_no": who, "name": "张有名"});
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    // Without that finding the two claims would be a fault, and would be seen.
    world.sql("update identity_merge set findings = '{}'").await;
    let sql = format!("select string_agg(rule, ', ') from ({}) as broken", include_str!("../../sql/audit/invariants.sql"));
    assert_eq!(world.sql_text(&sql).await, "person is helped once an incident");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_free_beyond_the_real_persons_year_is_given_back_and_an_undo_restores_the_usage() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 1_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let who = person();
    world.fast_track(&of(&who, "illness", 60_000)).send().await.expect(201);
    let id = accept(&world, unknown("T-1", 78_000)).await;
    approve(&world, &id).await.expect(200);
    let cash = json!({"payments": [{"method": "cash", "amount_fen": 10_000}]});
    let pay = |body: &Value| world.post(&format!("/v1/cases/{id}/payments"), &world.clerk(STREET), body).once();
    pay(&cash).send().await.expect(201);
    assert_eq!(totals(&world, &fund).await, (862_000, 68_000, 70_000));

    let people = format!("select md5(parties) from aid_case where id = '{id}'");
    let before = world.sql_text(&people).await;
    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);

    let limit = json!([{"code": "LIMIT_PERSON_YEAR", "limit_fen": 100_000, "used_fen": 60_000}]);
    assert_eq!(merged.at("/identity"), json!({"findings": limit, "released_fen": 38_000}));
    assert_eq!((merged.text_at("/case/state"), merged.fen("/granted_fen")), ("approved".into(), 40_000));
    assert_eq!(totals(&world, &fund).await, (900_000, 30_000, 70_000));
    world.fast_track(&of(&who, "fire", 10_000)).send().await.refused(409, "LIMIT_PERSON_YEAR");
    world.check_invariants().await;

    let undone = undo(&world, &id).send().await.expect(200);
    assert_eq!(undone.at("/identity"), json!({"findings": [], "released_fen": 0}));
    assert_eq!(undone.fen("/granted_fen"), 40_000, "what was given back stays given back");
    assert_eq!(world.sql_text(&people).await, before, "the sealed people are what they were, byte for byte");
    assert_eq!(totals(&world, &fund).await, (900_000, 30_000, 70_000));
    // The wrong person may be helped up to the cap again, for the very cause; the temporary identity has its own usage.
    let wrong = world.fast_track(&of(&who, "accident", 78_000)).send().await.expect(201);
    assert_eq!(wrong.fen("/decision/granted_fen"), 40_000);
    let mut unknown = unknown("T-1", 78_000);
    world.fast_track(&unknown).send().await.refused(409, "SAME_CAUSE");
    unknown["incident"]["cause"] = json!("fire");
    let left = world.fast_track(&unknown).send().await.expect(201);
    assert_eq!((left.text_at("/decision/binding_rule"), left.fen("/decision/granted_fen")), ("LIMIT_PERSON_YEAR".into(), 60_000));
    assert_eq!((found(&world, "resident_id", &who).await, found(&world, "temporary", "T-1").await), (3, 3));
    let file = seen(&world, &id).await;
    assert_eq!((file.text_at("/parties/0/id_no"), file.text_at("/parties/0/name")), ("T-1".into(), "无名氏".into()));
    assert!(file.at("/identity_merges/0/undone_at").is_string());

    let rest = pay(&json!({"payments": [{"method": "cash"}]})).send().await.expect(201);
    assert_eq!((rest.text_at("/case/state"), rest.fen("/payments/1/amount_fen")), ("paid".into(), 30_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_left_without_money_is_approved_again_for_the_real_person() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    world.fast_track(&of(&who, "accident", 10_000)).send().await.expect(201);
    let id = accept(&world, unknown("T-1", 50_000)).await;
    approve(&world, &id).await.expect(200);
    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);
    assert_eq!((codes(&merged), merged.fen("/identity/released_fen")), (vec!["SAME_CAUSE".into()], 50_000));
    assert_eq!((merged.text_at("/case/state"), merged.fen("/granted_fen")), ("accepted".into(), 0));
    assert_eq!(totals(&world, &fund).await, (990_000, 0, 10_000));
    world.check_invariants().await;

    let body = json!({"id_type": "resident_id", "id_no": who});
    let found = world.post("/v1/cases/search", &world.clerk(STREET), &body).send().await.expect(200);
    assert!(found.text.contains(&id), "it is found by the real number");
    approve(&world, &id).await.refused(409, "SAME_CAUSE");
    let reason = json!({"note": "同意", "repeat_reason": "另一次事故"});
    verb(&world, &id, "approval", &reason).send().await.expect(200);
    assert_eq!(totals(&world, &fund).await, (940_000, 50_000, 10_000));
    world.check_invariants().await;
    // Granted to the real person and taken back, it is the temporary identity's.
    undo(&world, &id).send().await.expect(200);
    let mut again = unknown("T-1", 10_000);
    world.fast_track(&again).send().await.refused(409, "SAME_CAUSE");
    again["incident"]["cause"] = json!("fire");
    world.fast_track(&again).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_the_queue_beyond_the_new_decision_waits_no_more() {
    let world = World::new().await;
    let fund = world.fund(STREET, 60_000).await;
    let who = person();
    world.fast_track(&of(&who, "accident", 10_000)).send().await.expect(201);
    let refused = world.fast_track(&unknown("T-1", 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let id = refused.text_at("/case_id");
    let options = refused.at("/decision/options");
    let part = options.as_array().unwrap().iter().find(|option| option["kind"] == "partial_now").unwrap();
    let path = format!("/v1/cases/{id}/options/{}", part["id"].as_str().unwrap());
    let cash = json!({"payments": [{"method": "cash"}]});
    let taken = world.post(&path, &world.clerk(STREET), &cash).once().send().await.expect(200);
    assert_eq!((taken.fen("/granted_fen"), taken.fen("/queued_fen")), (78_000, 28_000));

    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);
    assert_eq!((merged.fen("/identity/released_fen"), merged.fen("/queued_fen")), (28_000, 0));
    assert_eq!((merged.text_at("/case/state"), merged.fen("/granted_fen")), ("paid".into(), 50_000));
    world.top_up(&fund, 100_000).await.expect(201);
    assert_eq!(totals(&world, &fund).await, (100_000, 0, 60_000), "nothing is held for it any more");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gets_the_same_bytes_after_everything_has_changed() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let (merging, undoing) = (merge(&world, &id, "T-1", &person()), undo(&world, &id));
    let merged = merging.clone().send().await.expect(200);
    assert_eq!(merging.clone().send().await.expect(200).text, merged.text);
    let undone = undoing.clone().send().await.expect(200);
    for (ask, first) in [(merging, merged), (undoing, undone)] {
        let replayed = ask.send().await.expect(200);
        assert_eq!((replayed.text, replayed.headers["idempotent-replayed"].to_str().unwrap()), (first.text, "true"));
    }
    assert_eq!(world.count("identity_merge").await, 2);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_merge_after_an_undo_works_and_every_step_is_kept() {
    let world = World::new().await;
    let fund = world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let (wrong, right) = (person(), person());
    merge(&world, &id, "T-1", &wrong).send().await.expect(200);
    merge(&world, &id, "T-1", &right).send().await.refused(409, "CONFLICT");
    undo(&world, &id).send().await.expect(200);
    undo(&world, &id).send().await.refused(409, "CONFLICT");
    merge(&world, &id, "T-1", &right).send().await.expect(200);
    let found = [found(&world, "resident_id", &wrong).await, found(&world, "resident_id", &right).await];
    assert_eq!(found, [0, 1], "whoever it was not is not found with it");
    world.fast_track(&of(&wrong, "accident", 10_000)).send().await.expect(201);
    world.fast_track(&of(&right, "accident", 10_000)).send().await.refused(409, "SAME_CAUSE");
    // And back, and once more into the same person.
    undo(&world, &id).send().await.expect(200);
    merge(&world, &id, "T-1", &right).send().await.expect(200);
    let merges = seen(&world, &id).await.at("/identity_merges");
    let undone: Vec<bool> = merges.as_array().unwrap().iter().map(|merge| merge["undone_at"].is_string()).collect();
    assert_eq!((undone, world.count("identity_merge").await), (vec![true, true, false], 5));
    let kept = world.sql_text("select count(distinct party)::text from identity_merge where length(party) > 100").await;
    assert_eq!(kept, "3", "who was put away each time; the temporary identity is the same bytes whenever it is put back");
    assert_eq!(totals(&world, &fund).await, (980_000, 0, 20_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newborn_of_the_household_is_merged_and_the_applicants_year_stays() {
    let world = World::new().await;
    world.fund_with(STREET, 1_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let (mother, child) = (person(), person());
    let mut body = of(&mother, "fire", 60_000);
    let born = |number: &str| json!({"id_type": "temporary", "id_no": number, "name": "新生儿", "relation": "子"});
    body["household"] = json!([born("nb-1"), born("NB-1")]);
    let id = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    merge(&world, &id, "NB-1", &mother).send().await.refused(409, "CONFLICT");
    let merged = merge(&world, &id, "NB-1", &child).send().await.expect(200);
    assert_eq!(codes(&merged), [] as [&str; 0]);
    merge(&world, &id, "nb-1", &child).send().await.refused(409, "CONFLICT");

    let file = seen(&world, &id).await;
    assert_eq!((file.text_at("/parties/2/id_no"), file.text_at("/parties/2/relation")), (child.clone(), "子".into()));
    assert_eq!(file.text_at("/parties/1/id_type"), "temporary");
    assert_eq!(found(&world, "resident_id", &child).await, 1);
    world.fast_track(&of(&child, "fire", 10_000)).send().await.refused(409, "SAME_CAUSE");
    let own = world.fast_track(&of(&child, "illness", 78_000)).send().await.expect(201);
    assert_eq!(own.fen("/decision/granted_fen"), 78_000, "a member's year is not used by the household's case");
    let mothers = world.fast_track(&of(&mother, "illness", 78_000)).send().await.expect(201);
    assert_eq!(mothers.fen("/decision/granted_fen"), 40_000);
    undo(&world, &id).send().await.expect(200);
    world.fast_track(&of(&child, "fire", 10_000)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_case_is_decided_for_who_its_applicant_is_when_it_is_approved() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = accept(&world, unknown("T-1", 150_000)).await;
    let refused = approve(&world, &id).await;
    assert_eq!(refused.code(), "ID_TEMPORARY", "{}", refused.text);
    let who = person();
    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);
    assert_eq!((merged.text_at("/case/state"), codes(&merged).len()), ("accepted".into(), 0));
    assert_eq!(found(&world, "resident_id", &who).await, 1);
    undo(&world, &id).send().await.expect(200);
    assert_eq!((found(&world, "resident_id", &who).await, world.count("claim").await), (0, 0));
    approve(&world, &id).await.refused(409, "ID_TEMPORARY");
    merge(&world, &id, "T-1", &who).send().await.expect(200);
    let approved = approve(&world, &id).await.expect(200);
    assert_eq!((approved.text_at("/decision/lane"), approved.fen("/granted_fen")), ("advance".into(), 150_000));
    world.check_invariants().await;
}
