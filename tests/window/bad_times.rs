//! Times and days: one form of each, and no value of a caller in an answer.

use serde_json::json;

use crate::world::{STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn only_rfc_3339_is_a_moment_and_only_iso_8601_a_day() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let moments = [
        "2026-11-20T21:40:00+08:00[America/New_York]",
        "20261120T214000Z",
        "2026-11-20 21:40:00+08",
        "2026-11-20T21:40:00",
        "yesterday",
    ];
    for moment in moments {
        let mut body = case(STREET, 10_000);
        body["incident"]["occurred_at"] = json!(moment);
        let refused = world.fast_track(&body).send().await.refused(400, "VALIDATION");
        assert_eq!(refused.text_at("/errors/0/pointer"), "/incident/occurred_at", "{moment}");
    }
    for day in ["2026-11-20[u-ca=hebrew]", "20261120", "2026-11-31"] {
        let mut body = case(STREET, 10_000);
        body["incident"]["ended_on"] = json!(day);
        world.fast_track(&body).send().await.refused(400, "VALIDATION");
    }
    assert_eq!(world.count("aid_case").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_is_still_to_come_is_refused() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 10_000);
    body["incident"]["occurred_at"] = json!((jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string());
    world.fast_track(&body).send().await.refused(400, "VALIDATION");
    body["incident"]["occurred_at"] = json!((jiff::Timestamp::now() + jiff::SignedDuration::from_mins(2)).to_string());
    world.fast_track(&body).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_piece_of_a_wrong_value_comes_back() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    for (pointer, value) in [
        ("/incident/occurred_at", "340302188309139145"),
        ("/incident/ended_on", "340302188309139145"),
        ("/fund_id", "赵钱孙李周吴"),
        ("/incident", "郑王冯陈褚卫"),
    ] {
        let mut body = case(STREET, 10_000);
        body["fund_id"] = json!(null);
        body["incident"]["ended_on"] = json!(null);
        *body.pointer_mut(pointer).unwrap() = json!(value);
        let refused = world.fast_track(&body).send().await.expect(400);
        for piece in value.chars().collect::<Vec<_>>().windows(4) {
            let piece: String = piece.iter().collect();
            assert!(!refused.text_at("/detail").contains(&piece), "{piece}: {}", refused.text);
        }
    }
    let clerk = world.clerk(STREET);
    let refused = world.get("/v1/cases?accepted_from=340302188309139145", &clerk).await.refused(400, "VALIDATION");
    assert!(!refused.text.contains("8309139145"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_that_no_token_names_is_a_fault() {
    let world = World::new().await;
    for officer in ["%00", "", "%0a"] {
        world.get(&format!("/v1/cases?officer={officer}"), &world.clerk(STREET)).await.refused(400, "VALIDATION");
    }
}
