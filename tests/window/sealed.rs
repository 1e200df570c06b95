//! Sealed cases: what nobody else learns, from any answer.

use serde_json::json;

use crate::world::{OTHER_STREET, STREET, World, case, person};

/// A sealed case of a person, 1 560 yuan in the advance lane.
async fn sealed_case(world: &World, who: &str) -> crate::world::Answer {
    let mut body = case(STREET, 156_000);
    body["applicant"]["id_no"] = json!(who);
    body["incident"]["cause"] = json!("violence");
    body["sealed"] = json!(true);
    world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_of_the_year_tells_nothing_of_a_sealed_case() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    world.fund_with(OTHER_STREET, 2_000_000, json!({"person_year_cap_fen": 200_000})).await;
    let who = person();
    sealed_case(&world, &who).await;

    let mut body = case(OTHER_STREET, 78_000);
    body["applicant"]["id_no"] = json!(who);
    body["incident"]["cause"] = json!("fire");
    let asked = world.fast_track(&body).send().await.refused(409, "REVIEW_REQUIRED");
    for secret in ["156000", "1560.00", "44000", "440.00", "used_fen"] {
        assert!(!asked.text.contains(secret), "{secret}: {}", asked.text);
    }

    body["requested_fen"] = json!(40_000);
    let fits = world.fast_track(&body).send().await.expect(201);
    let checks = fits.at("/decision/checks");
    let year = checks.as_array().unwrap().iter().find(|check| check["rule"] == "LIMIT_PERSON_YEAR").unwrap();
    assert_eq!((&year["limit_fen"], &year["used_fen"], &year["passed"]), (&json!(200_000), &json!(null), &json!(true)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_entries_of_a_fund_name_no_sealed_case() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let hidden = sealed_case(&world, &person()).await.text_at("/case/id");
    let open = world.fast_track(&case(STREET, 10_000)).send().await.expect(201).text_at("/case/id");
    let path = format!("/v1/funds/{fund}/entries");

    for token in [world.clerk(STREET), world.finance()] {
        let entries = world.get(&path, &token).await.expect(200);
        assert!(!entries.text.contains(&hidden) && entries.text.contains(&open), "{}", entries.text);
        assert!(entries.text.contains("156000"), "the money itself is told");
    }
    assert!(world.get(&path, &world.auditor()).await.expect(200).text.contains(&hidden));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_a_sealed_case_is_told_to_auditors_and_to_nobody_else() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let hidden = sealed_case(&world, &person()).await.text_at("/case/id");
    let husband = world.token(&[jiujinan::actor::Role::Approver], STREET, "husband");

    world.get(&format!("/v1/cases/{hidden}"), &husband).await.refused(404, "NOT_FOUND");

    let told = world.get("/v1/alarms", &world.auditor()).await.expect(200);
    assert_eq!((told.text_at("/items/0/kind"), told.text_at("/items/0/about")), ("sealed_read".into(), hidden));
    for token in [husband, world.finance()] {
        assert_eq!(world.get("/v1/alarms", &token).await.expect(200).at("/items"), json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_for_a_sealed_case_name_it_neither_in_the_store_nor_in_the_entries() {
    let world = World::new().await;
    let keeper = world.token(&[jiujinan::actor::Role::Cashier], STREET, "keeper-1");
    let rice = json!({"division": STREET, "name": "大米", "unit": "袋", "value_fen": 5_000, "stock": 9});
    let goods = world.post("/v1/goods", &keeper, &rice).once().send().await.expect(201).text_at("/id");
    let fund = world.fund(STREET, 100).await;
    let mut body = case(STREET, 10_000);
    (body["incident"]["cause"], body["sealed"]) = (json!("violence"), json!(true));
    let refused = world.fast_track(&body).send().await.refused(409, "FUND_INSUFFICIENT");
    let ways = refused.at("/decision/options");
    let way = ways.as_array().unwrap().iter().find(|way| way["kind"] == "goods").unwrap()["id"].as_str().unwrap().to_owned();
    let (hidden, two) = (refused.text_at("/case_id"), json!({"goods": [{"id": goods, "quantity": 2}]}));
    let given =
        world.post(&format!("/v1/cases/{hidden}/options/{way}"), &world.clerk(STREET), &two).once().send().await.expect(200);
    let payment = given.text_at("/payments/0/id");

    let (moves, entries) = (format!("/v1/goods/{goods}/moves"), format!("/v1/funds/{fund}/entries"));
    for token in [&keeper, &world.clerk(STREET), &world.finance()] {
        let seen = world.get(&moves, token).await.expect(200);
        assert!(!seen.text.contains(&hidden), "{}", seen.text);
        assert_eq!((seen.fen("/items/0/change"), seen.text_at("/items/0/officer")), (-2, "clerk-1".into()));
        let seen = world.get(&entries, token).await.expect(200);
        assert!(!seen.text.contains(&hidden) && !seen.text.contains(&payment), "{}", seen.text);
    }
    assert_eq!(world.get(&moves, &world.auditor()).await.expect(200).text_at("/items/0/case_id"), hidden);
    assert!(world.get(&entries, &world.auditor()).await.expect(200).text.contains(&payment));
}
