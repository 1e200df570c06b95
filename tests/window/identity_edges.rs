//! Merges of identities where something stands in the way: wrong requests, sealed cases, banks, and others at the same moment.

use futures_util::future::join;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::identity::{accept, approve, codes, found, merge, merge_at, merge_body, of, seen, totals, undo, unknown};
use crate::world::bank::{Bank, result};
use crate::world::{OTHER_STREET, STREET, World, account, person, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_identity_that_is_known_by_now_is_not_presented_again() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    world.fund(OTHER_STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let accepted = accept(&world, {
        let mut body = unknown("T-1", 10_000);
        body["incident"]["cause"] = json!("illness");
        body
    })
    .await;
    let who = person();
    merge(&world, &id, "T-1", &who).send().await.expect(200);

    let mut again = unknown("T-1", 10_000);
    again["incident"]["cause"] = json!("fire");
    world.fast_track(&again).send().await.refused(409, "CONFIRM_IDENTITY");
    let preview = world.post("/v1/decisions/preview", &world.clerk(STREET), &again).send().await.expect(200);
    assert_eq!(preview.text_at("/decision/code"), "CONFIRM_IDENTITY");
    let mut member = of(&person(), "fire", 10_000);
    member["household"] = json!([{"id_type": "temporary", "id_no": "T-1", "name": "无名氏", "relation": "子"}]);
    world.fast_track(&member).send().await.refused(409, "CONFIRM_IDENTITY");
    // A case that was taken in before the merge of the other one has to be merged as well.
    approve(&world, &accepted).await.refused(409, "CONFIRM_IDENTITY");
    merge(&world, &accepted, "T-1", &who).send().await.expect(200);
    approve(&world, &accepted).await.expect(200);
    // Another street's number of the same letters is another person.
    again["division"] = json!(OTHER_STREET);
    world.fast_track(&again).send().await.expect(201);

    undo(&world, &accepted).send().await.expect(200);
    undo(&world, &id).send().await.expect(200);
    again["division"] = json!(STREET);
    world.fast_track(&again).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_under_way_is_left_alone_and_settled_by_the_bank() {
    let bank = Bank::new("forge");
    let world = World::with_bank(&bank).await;
    let fund = world.fund(STREET, 1_000_000).await;
    let who = person();
    world.fast_track(&of(&who, "accident", 10_000)).send().await.expect(201);
    let mut body = unknown("T-1", 60_000);
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "李代领", "amount_fen": 40_000}]);
    let paying = world.fast_track(&body).send().await.expect(201);
    let (id, payment) = (paying.text_at("/case/id"), paying.text_at("/payments/0/id"));
    until("dispatched", async || seen(&world, &id).await.text_at("/payments/0/state") == "dispatched").await;
    assert_eq!(totals(&world, &fund).await, (930_000, 60_000, 10_000));

    let merged = merge(&world, &id, "T-1", &who).send().await.expect(200);
    assert_eq!((codes(&merged), merged.fen("/identity/released_fen")), (vec!["SAME_CAUSE".into()], 20_000));
    assert_eq!((merged.text_at("/case/state"), merged.fen("/granted_fen")), ("paying".into(), 40_000));
    assert_eq!(totals(&world, &fund).await, (950_000, 40_000, 10_000));
    world.check_invariants().await;

    bank.calls_back(&world.server, &result(&payment, "paid")).await.expect(204);
    assert_eq!(seen(&world, &id).await.text_at("/state"), "paid");
    assert_eq!(totals(&world, &fund).await, (950_000, 0, 50_000));
    undo(&world, &id).send().await.expect(200);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_changes_nothing() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let path = format!("/v1/cases/{id}/identity");
    let ask = |body: &Value| world.post(&path, &world.clerk(STREET), body).once();
    let with = |pointer: &str, value: Value| {
        let mut body = merge_body("T-1", &person());
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let wrong = [
        ("/to/id_type", json!("temporary"), "VALIDATION"),
        ("/to/id_no", json!("34030318840503186"), "ID_INVALID"),
        ("/to/name", json!("1"), "VALIDATION"),
        ("/from/id_no", json!("T 1"), "ID_INVALID"),
        ("/note", json!(""), "VALIDATION"),
    ];
    for (pointer, value, code) in wrong {
        let refused = ask(&with(pointer, value)).send().await.refused(400, code);
        assert_eq!(refused.text_at("/errors/0/pointer"), pointer);
    }
    ask(&with("/from/id_no", json!("T-2"))).send().await.refused(409, "CONFLICT");
    undo(&world, &id).send().await.refused(409, "CONFLICT");
    let clerk = world.post(&format!("{path}/undo"), &world.clerk(STREET), &json!({"note": "不是他"})).once();
    clerk.send().await.refused(403, "FORBIDDEN");
    // A real identity is not merged into another: it has no temporary number.
    let known = person();
    let other = world.fast_track(&of(&known, "fire", 10_000)).send().await.expect(201).text_at("/case/id");
    merge(&world, &other, &known, &person()).send().await.refused(409, "CONFLICT");
    assert_eq!(world.count("identity_merge").await, 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_case_is_there_for_its_own_officers_and_nothing_of_it_is_told() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let who = person();
    let mut hidden = unknown("T-9", 10_000);
    hidden["sealed"] = json!(true);
    let id = world.fast_track(&hidden).send().await.expect(201).text_at("/case/id");
    let stranger = world.token(&[Role::Clerk], STREET, "clerk-2");
    let path = format!("/v1/cases/{id}/identity");
    world.post(&path, &stranger, &merge_body("T-9", &who)).once().send().await.refused(404, "NOT_FOUND");
    merge(&world, &id, "T-9", &who).send().await.expect(200);

    let open = world.fast_track(&unknown("T-1", 10_000)).send().await.expect(201).text_at("/case/id");
    let body = merge_body("T-1", &who);
    let merged = world.post(&format!("/v1/cases/{open}/identity"), &stranger, &body).once().send().await.expect(200);
    assert_eq!(merged.at("/identity/findings"), json!([{"code": "REVIEW_REQUIRED"}]));
    assert!(!merged.text.contains(&id));

    // Nor is anything told of a year that a sealed case has used a part of.
    world.fund_with(OTHER_STREET, 1_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let known = person();
    let mut sealed = of(&known, "illness", 60_000);
    (sealed["division"], sealed["sealed"]) = (json!(OTHER_STREET), json!(true));
    world.fast_track(&sealed).send().await.expect(201);
    let mut body = unknown("T-2", 78_000);
    body["division"] = json!(OTHER_STREET);
    let open = world.fast_track(&body).send().await.expect(201).text_at("/case/id");
    let body = merge_body("T-2", &known);
    let merged = world.post(&format!("/v1/cases/{open}/identity"), &world.clerk(OTHER_STREET), &body).once().send().await;
    let told = json!({"findings": [{"code": "REVIEW_REQUIRED"}], "released_fen": 0});
    assert_eq!(merged.expect(200).at("/identity"), told);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_merges_at_once_over_two_servers_one_wins() {
    let world = World::new().await;
    let second = world.another_server().await;
    world.fund(STREET, 1_000_000).await;
    for round in 0..6 {
        let number = format!("T-{round}");
        let id = world.fast_track(&unknown(&number, 10_000)).send().await.expect(201).text_at("/case/id");
        let (here, there) = (merge(&world, &id, &number, &person()), merge_at(&world, &second, &id, &number, &person()));
        let (here, there) = join(here.send(), there.send()).await;
        let mut answers = [(here.status, here.code()), (there.status, there.code())];
        answers.sort();
        assert_eq!(answers[0].0, 200, "{answers:?}");
        let loser = (answers[1].0, answers[1].1.as_str());
        assert!([(409, "CONFLICT"), (503, "OVERLOADED")].contains(&loser), "{answers:?}");
    }
    assert_eq!(world.count("identity_merge").await, 6);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_and_a_payment_to_the_real_person_at_once_see_each_other() {
    let world = World::new().await;
    let second = world.another_server().await;
    world.fund(STREET, 1_000_000).await;
    for round in 0..8 {
        let (number, who) = (format!("T-{round}"), person());
        let paid = world.fast_track(&unknown(&number, 10_000)).send().await.expect(201);
        let mut body = of(&who, "accident", 10_000);
        // The same incident, or another one of the same cause.
        if round % 2 == 0 {
            body["incident"] = json!({"id": paid.at("/case/incident_id")});
        }
        let merging = merge(&world, &paid.text_at("/case/id"), &number, &who);
        let (merged, helped) = join(merging.send(), world.fast_track_at(&second, &body).send()).await;
        let merged = merged.expect(200);
        match helped.status {
            201 => assert_eq!(codes(&merged), ["SAME_CAUSE"], "the merge came second"),
            _ => {
                helped.refused(409, "SAME_CAUSE");
                assert_eq!(codes(&merged), [] as [&str; 0], "the merge came first");
            }
        }
        world.check_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_number_is_shown_as_it_was_written_and_found_by_that() {
    let world = World::new().await;
    world.fund(STREET, 1_000_000).await;
    let id = world.fast_track(&unknown("er-07a", 1_000)).send().await.expect(201).text_at("/case/id");
    let shown = seen(&world, &id).await.text_at("/parties/0/id_no");
    assert_eq!((shown.as_str(), found(&world, "temporary", &shown).await), ("er-07a", 1));
    merge(&world, &id, &shown, &person()).send().await.expect(200);
    world.check_invariants().await;
}
