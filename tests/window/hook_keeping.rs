//! Keeping hooks: made, listed, rotated, taken away; their secrets are kept nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::hooks::{hook, received, verifies};
use crate::world::receiver::{Answers, Receiver};
use crate::world::{STREET, World, case};

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_for_a_day_after_a_rotation() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    let path = format!("/v1/hooks/{}/rotate", made.text_at("/id"));
    let ask = world.post(&path, &world.finance(), &json!({})).once();
    let rotated = ask.clone().send().await.expect(200);
    let (old, new) = (made.text_at("/secret"), rotated.text_at("/secret"));
    assert!(old != new && new.starts_with("whsec_"));
    assert_eq!(rotated.fen("/rotation"), 2);
    let again = ask.send().await.expect(200);
    assert_eq!((again.text.as_str(), again.headers.contains_key("idempotent-replayed")), (rotated.text.as_str(), true));

    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    let both = received(&receiver, 1).await.remove(0);
    assert_eq!(both.header("webhook-signature").matches("v1,").count(), 2);
    assert!(verifies(&both, &old) && verifies(&both, &new));

    world.sql("update hook set previous_until = clock_timestamp()").await;
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    let one = received(&receiver, 2).await.remove(1);
    assert!(!verifies(&one, &old) && verifies(&one, &new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_more_to_its_key_and_kept_nowhere() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let body = json!({"url": receiver.url("/in"), "events": ["case.paid"], "division": "3403"});
    let ask = world.post("/v1/hooks", &world.token(&[Role::Admin], "3403", "admin-1"), &body).once();
    let made = ask.clone().send().await.expect(201);
    assert_eq!(ask.send().await.expect(201).text, made.text);
    let secret = made.text_at("/secret");
    for path in ["/v1/hooks".to_owned(), format!("/v1/hooks/{}", made.text_at("/id"))] {
        let seen = world.get(&path, &world.finance()).await.expect(200);
        assert!(seen.text.contains(&made.text_at("/id")) && !seen.text.contains("whsec_"), "{}", seen.text);
    }
    let bare = secret.strip_prefix("whsec_").unwrap();
    let hexed = hex::encode(STANDARD.decode(bare).unwrap());
    for (table, column) in [("answer", "body"), ("leaf", "bytes")] {
        let text = format!(
            "select coalesce(string_agg(convert_from({column}, 'UTF8') || encode({column}, 'hex'), ' '), '') from {table} where octet_length({column}) > 0"
        );
        let kept = world.sql_text(&text).await;
        assert!(!kept.contains(bare) && !kept.contains(&hexed) && !kept.contains("whsec_"), "{table}");
        assert!(table == "leaf" || kept.contains(&made.text_at("/id")), "{table} holds the answer without its secret");
    }
    let row = world.sql_text("select hook::text from hook").await;
    assert!(!row.contains(bare) && !row.contains(&hexed));
    let leaves = world.sql_text("select string_agg(convert_from(bytes, 'UTF8'), ' ') from leaf").await;
    assert!(leaves.contains("hook.changed") && !leaves.contains(&receiver.address.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_deliveries_leave_nothing_out() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    for _ in 0..5 {
        world.fast_track(&case(STREET, 1_000)).send().await.expect(201);
    }
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = world.get(&format!("/v1/hooks/{}/deliveries{query}", made.text_at("/id")), &world.auditor()).await.expect(200);
        seen.extend(page.at("/items").as_array().unwrap().iter().map(|item| item["id"].to_string()));
        let next = page.text_at("/next_cursor");
        if next.is_empty() {
            break;
        }
        query = format!("?limit=2&cursor={next}");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_hooks_are_not_made() {
    let world = World::new().await;
    let good = json!({"url": "https://example.com/", "events": ["case.paid"], "division": "3403"});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let wrong = [
        with("url", json!("")),
        with("url", json!("http://example.com/")),
        with("url", json!("https://user@example.com/")),
        with("url", json!("https://10.0.0.1/")),
        with("url", json!("https://[::ffff:127.0.0.1]/")),
        with("url", json!("https://167772161/")),
        with("url", json!(format!("https://example.com/{}", "a".repeat(1_000)))),
        with("events", json!([])),
        with("events", json!(["case.paid", "case.paid"])),
        with("events", json!(vec!["case.paid"; 1_000])),
        with("events", json!(["case.opened"])),
        with("division", json!("34")),
        with("division", json!("340399")),
        with("secret", json!("whsec_mine")),
    ];
    for body in wrong {
        world.post("/v1/hooks", &world.finance(), &body).once().send().await.refused(400, "VALIDATION");
    }
    let elsewhere = with("division", json!("3401"));
    world.post("/v1/hooks", &world.finance(), &elsewhere).once().send().await.refused(404, "NOT_FOUND");
    assert_eq!(world.count("hook").await, 0);
    world.post("/v1/hooks", &world.finance(), &good).once().send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_hook_is_told_nothing_more() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    receiver.answers([Answers::Status(500)]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    received(&receiver, 1).await;
    let path = format!("/v1/hooks/{}", made.text_at("/id"));
    let delete = || world.ask(reqwest::Method::DELETE, &path).by(&world.finance());
    delete().send().await.expect(204);
    assert_eq!(world.sql_text("select string_agg(state::text, ' ') from hook_delivery").await, "dead");
    // Known to the servers or not: the row of the hook decides.
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    assert_eq!(world.count("hook_delivery").await, 1);
    delete().send().await.refused(404, "NOT_FOUND");
    world.get(&path, &world.finance()).await.expect(404);
    let rotate = world.post(&format!("{path}/rotate"), &world.finance(), &json!({})).once();
    rotate.send().await.refused(404, "NOT_FOUND");
    assert_eq!(world.get("/v1/hooks", &world.finance()).await.expect(200).at("/items"), json!([]));
    assert_eq!(receiver.received().len(), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rotations_at_once_make_two_secrets() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let other = world.another_server().await;
    let made = hook(&world, &receiver, &["case.paid"]).await;
    let path = format!("/v1/hooks/{}", made.text_at("/id"));
    let rotate = || world.post(&format!("{path}/rotate"), &world.finance(), &json!({})).once();
    let (one, two) = tokio::join!(rotate().send(), rotate().at(&other).send());
    let (one, two) = (one.expect(200), two.expect(200));
    let mut rotations = [one.fen("/rotation"), two.fen("/rotation")];
    rotations.sort_unstable();
    assert_eq!(rotations, [2, 3]);
    assert_ne!(one.text_at("/secret"), two.text_at("/secret"));
    assert_eq!(world.get(&path, &world.finance()).await.expect(200).fen("/version"), 3);
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_too_much_is_refused_whole() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    let id = made.text_at("/id");
    let insert = "insert into hook_delivery (city, id, hook_id, event, subject, body, made_at, next_at, state, ended_at)
        select '3403', gen_random_uuid(), id, 'case.paid', gen_random_uuid(), '{}', now() - make_interval(secs => n), now(), 'dead', now()
        from hook, generate_series(1, 10001) as n";
    world.sql(insert).await;
    let all = json!({"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"});
    let path = format!("/v1/hooks/{id}/replay");
    world.post(&path, &world.finance(), &all).once().send().await.refused(400, "VALIDATION");
    let pending = "select count(*)::text from hook_delivery where state = 'pending'";
    assert_eq!(world.sql_text(pending).await, "0");
    world.sql("update hook set state = 'disabled', ended_at = now()").await;
}
