//! `POST /v1/cases/search`: by number, identity, dates and code, never in a URL.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::cases::{Family, numbers};
use crate::world::{OTHER_STREET, STREET, World, case, person};

async fn search(world: &World, token: &str, body: Value) -> Vec<String> {
    numbers(&world.post("/v1/cases/search", token, &body).send().await.expect(200))
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_found_by_number_dates_and_code() {
    let world = World::new().await;
    world.fund(STREET, 100_000).await;
    let paid = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let refused = world.fast_track(&case(STREET, 60_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let (paid, refused) = (paid.text_at("/case/number"), refused.text_at("/case_number"));
    let today = world.sql_text("select (now() at time zone 'Asia/Shanghai')::date::text").await;
    let clerk = world.clerk(STREET);

    assert_eq!(search(&world, &clerk, json!({"number": paid})).await, [&*paid]);
    assert_eq!(search(&world, &clerk, json!({"code": "FUND_INSUFFICIENT"})).await, [&*refused]);
    assert_eq!(search(&world, &clerk, json!({"code": "APPROVED", "accepted_from": today, "accepted_to": today})).await, [&*paid]);
    assert_eq!(search(&world, &clerk, json!({"accepted_to": "2020-01-01"})).await, [""; 0]);
    assert_eq!(search(&world, &clerk, json!({})).await, [&*refused, &*paid]);
    let first = world.post("/v1/cases/search", &clerk, &json!({"limit": 1})).send().await.expect(200);
    assert_eq!(numbers(&first), [&*refused]);
    let next = first.at("/next_cursor");
    assert_eq!(search(&world, &clerk, json!({"limit": 1, "cursor": next})).await, [&*paid]);
    for elsewhere in [world.clerk(OTHER_STREET), world.token(&[Role::Auditor], "3401", "auditor-4")] {
        assert_eq!(search(&world, &elsewhere, json!({"number": paid})).await, [""; 0]);
    }
}

/// A family that was helped once and refused once, and the numbers of both cases.
async fn helped_and_refused(world: &World) -> (Family, String, String) {
    world.fund(STREET, 60_000).await;
    let family = Family::new();
    let mut body = family.case(STREET);
    let paid = world.fast_track(&body).send().await.expect(201).text_at("/case/number");
    body["incident"]["cause"] = json!("fire");
    let refused = world.fast_track(&body).send().await.refused(409, "FUND_INSUFFICIENT").text_at("/case_number");
    (family, paid, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_is_found_with_what_was_granted_and_what_was_refused() {
    let world = World::new().await;
    let (family, paid, refused) = helped_and_refused(&world).await;
    let (clerk, applicant) = (world.clerk(STREET), family.applicant);

    let found = search(&world, &clerk, json!({"id_type": "resident_id", "id_no": applicant})).await;
    assert_eq!(found, [&*refused, &*paid]);
    let narrowed = json!({"id_type": "resident_id", "id_no": applicant, "code": "FUND_INSUFFICIENT"});
    assert_eq!(search(&world, &clerk, narrowed).await, [&*refused]);
    assert_eq!(search(&world, &clerk, json!({"id_type": "resident_id", "id_no": person()})).await, [""; 0]);
    let elsewhere = world.clerk(OTHER_STREET);
    assert_eq!(search(&world, &elsewhere, json!({"id_type": "resident_id", "id_no": applicant})).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_of_a_household_is_found_with_what_was_granted() {
    let world = World::new().await;
    let (family, paid, _) = helped_and_refused(&world).await;

    let granted = json!({"id_type": "resident_id", "id_no": family.spouse, "code": "APPROVED"});

    assert_eq!(search(&world, &world.clerk(STREET), granted).await, [&*paid]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_of_a_household_is_found_with_what_was_refused() {
    let world = World::new().await;
    let (family, _, refused) = helped_and_refused(&world).await;

    let not_granted = json!({"id_type": "resident_id", "id_no": family.spouse, "code": "FUND_INSUFFICIENT"});

    assert_eq!(search(&world, &world.clerk(STREET), not_granted).await, [&*refused]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_none_is_refused() {
    let world = World::new().await;
    for (body, pointer) in [
        (json!({"id_no": "340303188003041985"}), "/id_type"),
        (json!({"id_type": "resident_id"}), "/id_no"),
        (json!({"number": "1"}), "/number"),
        (json!({"code": "FINE"}), "/code"),
        (json!({"limit": 0}), "/limit"),
        (json!({"cursor": "AAAA"}), "/cursor"),
        (json!({"name": "张三"}), "/name"),
        (json!({"accepted_from": "9999-12-31"}), "/accepted_from"),
    ] {
        let wrong = world.post("/v1/cases/search", &world.clerk(STREET), &body).send().await.refused(400, "VALIDATION");
        assert_eq!(wrong.at("/errors/0/pointer"), pointer, "{}", wrong.text);
    }
    let invalid = json!({"id_type": "resident_id", "id_no": "340303188003042985"});
    world.post("/v1/cases/search", &world.clerk(STREET), &invalid).send().await.refused(400, "ID_INVALID");
}
