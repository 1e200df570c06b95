//! Limits that count over the whole city: raced for at several funds and servers, and given back to the window they were taken from.

use futures_util::future::join_all;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, OTHER_STREET, STREET, World, case, person};

fn of(who: &str, street: &str, cause: &str, fen: i64) -> Value {
    let mut body = case(street, fen);
    body["applicant"]["id_no"] = json!(who);
    body["incident"]["cause"] = json!(cause);
    body
}

/// A case that is approved and not paid; its id.
async fn approved(world: &World, body: &Value) -> String {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("payments");
    let clerk = world.clerk(STREET);
    let id = world.post("/v1/cases", &clerk, &body).once().send().await.expect(201).text_at("/case/id");
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    world.post(&format!("/v1/cases/{id}/approval"), &approver, &json!({"note": "属实"})).once().send().await.expect(200);
    id
}

async fn withdraw(world: &World, id: &str) -> Answer {
    let clerk = world.clerk(STREET);
    world.post(&format!("/v1/cases/{id}/withdrawal"), &clerk, &json!({"reason": "不再需要"})).once().send().await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_year_of_a_person_is_raced_for_at_two_funds_and_servers() {
    let world = World::new().await;
    let other = world.another_server().await;
    for street in [STREET, OTHER_STREET] {
        world.fund_with(street, 2_000_000, json!({"person_year_cap_fen": 100_000})).await;
    }
    let who = person();
    let causes = ["fire", "accident", "illness", "unemployment", "violence", "disaster"];
    let asks = causes.iter().enumerate().map(|(at, cause)| {
        let body = of(&who, if at % 2 == 0 { STREET } else { OTHER_STREET }, cause, 60_000);
        let ask = world.fast_track(&body);
        if at < 3 { ask } else { ask.at(&other) }
    });
    let answers = join_all(asks.map(|ask| ask.send())).await;

    let granted: Vec<i64> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.fen("/decision/granted_fen")).collect();
    assert_eq!((granted.iter().sum::<i64>(), granted.len()), (100_000, 2), "{granted:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((answer.status, answer.code()), (409, "LIMIT_PERSON_YEAR".into()), "{}", answer.text);
    }
    assert_eq!(world.sql_text("select sum(year_granted)::text from person").await, "100000");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_street_gives_back_another_street_may_grant() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    world.fund_with(OTHER_STREET, 2_000_000, json!({"person_year_cap_fen": 60_000})).await;
    let who = person();
    let first = approved(&world, &of(&who, STREET, "fire", 60_000)).await;
    let second = of(&who, OTHER_STREET, "illness", 60_000);
    world.fast_track(&second).send().await.refused(409, "LIMIT_PERSON_YEAR");

    withdraw(&world, &first).await;

    world.fast_track(&second).send().await.expect(201);
    assert_eq!(world.sql_text("select year_granted::text from person").await, "60000");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_yesterday_is_not_given_back_to_today() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"fund_day_cap_fen": 100_000, "officer_day_cap_fen": 110_000})).await;
    let old = approved(&world, &case(STREET, 60_000)).await;
    // The clock goes on by a day: what was granted is yesterday's, today has used nothing.
    world.sql(&format!("update aid_case set granted_on = granted_on - 1, day = day - 1 where id = '{old}'")).await;
    world.sql("update fund set day = day - 1; update officer set day = day - 1").await;
    world.fast_track(&case(STREET, 70_000)).send().await.expect(201);

    withdraw(&world, &old).await;

    let used = world.sql_text(&format!("select day_granted::text from fund where id = '{fund}'")).await;
    let officer = world.sql_text("select day_granted::text from officer where officer like '%clerk-1'").await;
    assert_eq!((used.as_str(), officer.as_str()), ("70000", "70000"));
    let rest = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    assert_eq!((rest.fen("/decision/granted_fen"), rest.text_at("/decision/binding_rule")), (30_000, "LIMIT_FUND_DAY".into()));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_last_year_is_not_given_back_to_this_one() {
    let world = World::new().await;
    world.fund_with(STREET, 2_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let who = person();
    let old = approved(&world, &of(&who, STREET, "fire", 60_000)).await;
    world.sql(&format!("update aid_case set granted_on = granted_on - 365 where id = '{old}'")).await;
    world.sql("update person set year = year - 1").await;
    world.fast_track(&of(&who, STREET, "illness", 60_000)).send().await.expect(201);

    withdraw(&world, &old).await;

    let more = world.fast_track(&of(&who, STREET, "unemployment", 60_000)).send().await.expect(201);
    assert_eq!((more.fen("/decision/granted_fen"), more.text_at("/decision/binding_rule")), (40_000, "LIMIT_PERSON_YEAR".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_and_grants_race_for_one_day_of_an_officer_over_two_funds() {
    let world = World::new().await;
    let other = world.another_server().await;
    for street in [STREET, OTHER_STREET] {
        world.fund_with(street, 2_000_000, json!({"officer_day_cap_fen": 120_000})).await;
    }
    let (one, two) = (approved(&world, &case(STREET, 60_000)).await, approved(&world, &case(STREET, 60_000)).await);
    let clerk = world.token(&[Role::Clerk], "3403", "clerk-1");
    let withdrawals =
        [&one, &two].map(|id| world.post(&format!("/v1/cases/{id}/withdrawal"), &clerk, &json!({"reason": "不再需要"})).once());
    let grants = (0..8).map(|at| {
        let body = case(if at % 2 == 0 { STREET } else { OTHER_STREET }, 30_000);
        let ask = world.post("/v1/fast-track", &clerk, &body).once();
        if at < 4 { ask } else { ask.at(&other) }
    });
    let answers = join_all(withdrawals.into_iter().chain(grants).map(|ask| ask.send())).await;

    assert!(answers.iter().take(2).all(|answer| answer.status == 200));
    let granted: i64 =
        answers.iter().skip(2).filter(|answer| answer.status == 201).map(|answer| answer.fen("/decision/granted_fen")).sum();
    assert!(granted <= 120_000, "{granted}");
    let counted = world.sql_text("select day_granted::text from officer where officer like '%clerk-1'").await;
    assert_eq!(counted, granted.to_string());
    world.check_invariants().await;
}
