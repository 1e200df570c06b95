//! What a change of an incident may do, and what it must not open.

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::world::{STREET, World, case, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_that_somebody_was_helped_for_does_not_become_another_one() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let who = person();
    let mut body = case(STREET, 10_000);
    body["applicant"]["id_no"] = json!(who);
    let incident = world.fast_track(&body).send().await.expect(201).text_at("/case/incident_id");
    let change = |body: serde_json::Value| {
        world
            .ask(Method::PATCH, &format!("/v1/incidents/{incident}"))
            .by(&world.clerk(STREET))
            .json(&body)
            .header("if-match", "\"1\"")
    };

    change(json!({"cause": "illness"})).send().await.refused(409, "CONFLICT");
    change(json!({"cause": "accident", "place": "另一处"})).send().await.expect(200);

    let reported = json!({"cause": "fire", "place": "某处", "occurred_at": "2026-11-20T21:40:00+08:00"});
    let unused = world.post("/v1/incidents", &world.clerk(STREET), &reported).once().send().await.expect(201).text_at("/id");
    let path = format!("/v1/incidents/{unused}");
    let corrected = world.ask(Method::PATCH, &path).by(&world.clerk(STREET)).json(&json!({"cause": "illness"}));
    corrected.header("if-match", "\"1\"").send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_community_reads_and_changes_what_it_reported_for_its_street() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let community = world.token(&[Role::Clerk], "340303001007", "clerk-7");
    let ask = world.post("/v1/fast-track", &community, &case("340303001007", 10_000)).once();
    let path = format!("/v1/incidents/{}", ask.send().await.expect(201).text_at("/case/incident_id"));

    let seen = world.get(&path, &community).await.expect(200);
    assert_eq!((seen.at("/totals/cases"), seen.at("/totals/granted_fen")), (json!(1), json!(10_000)));
    let change =
        world.ask(Method::PATCH, &path).by(&community).json(&json!({"ended_on": "2026-11-21"})).header("if-match", "\"1\"");
    change.send().await.expect(200);
    let neighbour = world.token(&[Role::Clerk], "340302001", "clerk-9");
    world.get(&path, &neighbour).await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_move_with_the_end_of_the_incident() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let paid = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1").send().await.expect(201);
    let (id, incident) = (paid.text_at("/case/id"), paid.text_at("/case/incident_id"));
    world.sql(&format!("update aid_case set day = '2026-11-21', completion_due = '2026-12-04' where id = '{id}'")).await;

    let change = world.ask(Method::PATCH, &format!("/v1/incidents/{incident}")).by(&world.clerk(STREET));
    change.json(&json!({"ended_on": "2026-11-24"})).header("if-match", "\"1\"").send().await.expect(200);

    let moved = world.get(&format!("/v1/cases/{id}"), &world.clerk(STREET)).await.expect(200);
    assert_eq!(moved.text_at("/completion_due"), "2026-12-08", "ten working days after Tuesday the 24th");
}
