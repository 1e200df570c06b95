//! Hooks whose receivers drop, stall, refuse, redirect or are gone, and servers that lose their lease. Time is moved, not waited for.

use std::time::Duration;

use serde_json::json;

use crate::hooks::{all_are, deliveries, hook, received};
use crate::world::receiver::{Answers, Receiver};
use crate::world::{Answer, STREET, World, case, until};

/// Everything pending is due now.
async fn now(world: &World) {
    world.sql("update hook_delivery set next_at = clock_timestamp() where state = 'pending'").await;
}

/// Seconds until the next attempt, and how many there were.
async fn next(world: &World, hook: &Answer, attempts: i64) -> f64 {
    let tried = async || {
        let listed = deliveries(world, hook, "").await;
        listed[0]["attempts"] == attempts
            && world.sql_text("select (lease_until is null)::text from hook_delivery").await == "true"
    };
    until("tried", tried).await;
    let wait = "select extract(epoch from next_at - clock_timestamp())::text from hook_delivery";
    world.sql_text(wait).await.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_with_the_same_identifier() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    let redirect = receiver.url("/elsewhere");
    receiver.answers([
        Answers::Drop,
        Answers::Status(500),
        Answers::With(307, "location", redirect),
        Answers::Status(404),
        Answers::Long(1_000_000),
    ]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    for (attempts, longest) in [(1, 5.0), (2, 300.0), (3, 1_800.0), (4, 7_200.0)] {
        let wait = next(&world, &made, attempts).await;
        assert!(wait <= longest && wait > longest * 0.8 - 5.0, "after {attempts}: {wait}");
        now(&world).await;
    }
    all_are(&world, &made, "delivered").await;
    let told = receiver.received();
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|message| message.id() == told[0].id() && message.body == told[0].body && message.path == "/in"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_after_the_first_attempt_it_is_dead_and_can_be_replayed() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    receiver.answers([Answers::Status(500), Answers::Status(500)]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    next(&world, &made, 1).await;
    world.sql("update hook_delivery set retry_until = clock_timestamp(), next_at = clock_timestamp()").await;
    all_are(&world, &made, "dead").await;
    let listed = deliveries(&world, &made, "?state=dead").await;
    assert_eq!((listed.len(), &listed[0]["last_status"], &listed[0]["attempts"]), (1, &json!(500), &json!(2)));

    let path = format!("/v1/hooks/{}/replay", made.text_at("/id"));
    let all = json!({"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "state": "dead"});
    // It has a day of its own: refused once more it waits, and is not dead.
    receiver.answers([Answers::Status(500)]);
    assert_eq!(world.post(&path, &world.finance(), &all).once().send().await.expect(200).fen("/count"), 1);
    received(&receiver, 3).await;
    let wait = next(&world, &made, 1).await;
    assert!(wait <= 5.0, "{wait}");
    assert_eq!(deliveries(&world, &made, "?state=pending").await.len(), 1);
    now(&world).await;
    all_are(&world, &made, "delivered").await;
    let told = receiver.received();
    assert_eq!((told.len(), told[0].id()), (4, told[3].id()));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_for_time_gets_it_up_to_a_day() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    let asks = |status, seconds: &str| Answers::With(status, "retry-after", seconds.to_owned());
    receiver.answers([asks(503, "1000"), asks(429, "99999999999"), asks(500, "1000")]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    let wait = next(&world, &made, 1).await;
    assert!((990.0..=1_000.0).contains(&wait), "{wait}");
    now(&world).await;
    let wait = next(&world, &made, 2).await;
    assert!((86_300.0..=86_400.0).contains(&wait), "{wait}");
    now(&world).await;
    let wait = next(&world, &made, 3).await;
    assert!((1_400.0..=1_800.0).contains(&wait), "a 500 asks for nothing: {wait}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_disables_its_hook() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    receiver.answers([Answers::Status(500), Answers::Status(410)]);
    for _ in 0..2 {
        world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
        received(&receiver, 1).await;
    }
    all_are(&world, &made, "dead").await;
    let path = format!("/v1/hooks/{}", made.text_at("/id"));
    let seen = async || world.get(&path, &world.finance()).await.expect(200);
    until("disabled", async || seen().await.text_at("/state") == "disabled").await;
    all_are(&world, &made, "dead").await;
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    now(&world).await;
    let all = json!({"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"});
    world.post(&format!("{path}/replay"), &world.finance(), &all).once().send().await.refused(409, "CONFLICT");
    world.post(&format!("{path}/rotate"), &world.finance(), &json!({})).once().send().await.refused(409, "CONFLICT");
    assert_eq!((receiver.received().len(), world.count("hook_delivery").await), (2, 2));
    let leaves = world.sql_text("select string_agg(convert_from(bytes, 'UTF8'), ' ') from leaf").await;
    assert!(leaves.contains("\"verb\":\"disable\""));
    world.ask(reqwest::Method::DELETE, &path).by(&world.finance()).send().await.expect(204);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_subject_a_later_delivery_waits_for_the_earlier() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let _second = world.another_server().await;
    let made = hook(&world, &receiver, &["fund.low", "fund.exhausted"]).await;
    let fund = world.fund(STREET, 420_000).await;
    receiver.answers([Answers::Status(500)]);
    for fen in [78_000, 78_000, 78_000, 78_000, 78_000, 30_000] {
        world.fast_track(&case(STREET, fen)).send().await.expect(201);
    }
    until("both are made", async || deliveries(&world, &made, "").await.len() == 2).await;
    received(&receiver, 1).await;
    world.sql("update hook_delivery set next_at = clock_timestamp() where event = 'fund.exhausted'").await;
    // Another subject goes past it.
    let other = world.fund(crate::world::OTHER_STREET, 10_000).await;
    world.fast_track(&case(crate::world::OTHER_STREET, 10_000)).send().await.expect(201);
    received(&receiver, 2).await;
    until("the second subject", async || {
        let states =
            "select string_agg(state::text, ' ') from hook_delivery where event = 'fund.exhausted' and state = 'delivered'";
        world.sql_text(&format!("select coalesce(({states}), '')")).await == "delivered"
    })
    .await;
    now(&world).await;
    all_are(&world, &made, "delivered").await;
    let told: Vec<(String, String)> = receiver.received().iter().map(|message| (message.about(), message.kind())).collect();
    let of_fund: Vec<&str> = told.iter().filter(|(about, _)| *about == fund).map(|(_, kind)| kind.as_str()).collect();
    assert_eq!(of_fund, ["fund.low", "fund.low", "fund.exhausted"], "{told:?}");
    assert!(told.iter().position(|(about, _)| *about == other).unwrap() < told.len() - 2, "{told:?}");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_its_lease_changes_nothing() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    let _second = world.another_server().await;
    world.fund(STREET, 200_000).await;
    // The first server waits for an answer; its lease ends meanwhile, and whoever takes it next is refused.
    receiver.answers([Answers::After(Duration::from_secs(4)), Answers::Status(500)]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    received(&receiver, 1).await;
    // Far enough for the one that waits to be busy with this hook: only the other one takes it.
    world.sql("update hook_delivery set lease_until = clock_timestamp() - interval '1 second'").await;
    let told = received(&receiver, 2).await;
    assert_eq!(told[0].id(), told[1].id(), "at least once, and known again");
    next(&world, &made, 2).await;
    until("the late answer is fenced", async || {
        let metrics = [world.server.metrics, _second.metrics];
        let mut text = String::new();
        for metrics in metrics {
            text += &reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
        }
        text.contains("jiujinan_hook_deliveries_total{outcome=\"fenced\"} 1")
    })
    .await;
    let listed = deliveries(&world, &made, "").await;
    assert_eq!((&listed[0]["state"], &listed[0]["last_status"]), (&json!("pending"), &json!(500)));
    now(&world).await;
    all_are(&world, &made, "delivered").await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_receiver_does_not_keep_the_others_waiting() {
    let (world, silent, good) = (World::new().await, Receiver::new().await, Receiver::new().await);
    hook(&world, &silent, &["case.paid"]).await;
    let made = hook(&world, &good, &["case.paid"]).await;
    world.fund(STREET, 900_000).await;
    silent.answers(vec![Answers::After(Duration::from_secs(60)); 100]);
    let began = std::time::Instant::now();
    for _ in 0..20 {
        world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    }
    all_are(&world, &made, "delivered").await;
    assert!(began.elapsed() < Duration::from_secs(14), "{:?}", began.elapsed());
    assert_eq!(good.received().len(), 20);
    assert!(silent.received().len() <= 8, "eight at once and no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_into_the_house_is_not_connected_to() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    // 127.0.0.1 is allowed in this world, and the name of it is not.
    let url = format!("https://localhost:{}/in", receiver.address.port());
    let body = json!({"url": url, "events": ["case.paid"], "division": "3403"});
    let made = world.post("/v1/hooks", &world.finance(), &body).once().send().await.expect(201);
    world.know_hooks().await;
    world.fund(STREET, 200_000).await;
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    next(&world, &made, 1).await;
    // What an earlier setting allowed is looked at again as well.
    world.sql(&format!("update hook set url = 'https://127.0.0.2:{}/in'", receiver.address.port())).await;
    now(&world).await;
    next(&world, &made, 2).await;
    assert_eq!(receiver.connections(), 0);
    let listed = deliveries(&world, &made, "").await;
    assert_eq!((&listed[0]["state"], &listed[0]["last_status"]), (&json!("pending"), &json!(null)));
}
