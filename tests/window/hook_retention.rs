//! What hooks were told is kept for a while after it ended, and nothing that is still to be sent is deleted.

use serde_json::{Value, json};

use crate::hooks::{all_are, hook, received};
use crate::world::receiver::{Answers, Receiver};
use crate::world::{Answer, STREET, World, case, until};

/// So many deliveries of the one hook there is, made and ended so many days ago, one more second each.
async fn old(world: &World, count: u32, state: &str, days: u32) {
    let ended = if state == "pending" { "null" } else { "at" };
    let insert = format!(
        "insert into hook_delivery (city, id, hook_id, event, subject, body, made_at, next_at, state, ended_at)
        select '3403', gen_random_uuid(), hook.id, 'case.paid', gen_random_uuid(), '{{}}', at, '2100-01-01', '{state}', {ended}
        from hook, generate_series(1, {count}) as n,
            lateral (select now() - make_interval(days => {days}, secs => n) as at) as moment"
    );
    world.sql(&insert).await;
}

/// How many deliveries there are by state, as `delivered 1, dead 2`.
async fn kept(world: &World) -> String {
    let counts = "select coalesce(string_agg(state || ' ' || count, ', ' order by state), '')
        from (select state, count(*) from hook_delivery group by state) as counted";
    world.sql_text(counts).await
}

async fn becomes(world: &World, wanted: &str) {
    until(wanted, async || kept(world).await == wanted).await;
}

async fn replay(world: &World, hook: &Answer, state: Option<&str>) -> Answer {
    let mut body = json!({"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"});
    if let Some(state) = state {
        body["state"] = json!(state);
    }
    let path = format!("/v1/hooks/{}/replay", hook.text_at("/id"));
    world.post(&path, &world.finance(), &body).once().send().await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_kept_so_many_days_after_they_ended_and_pending_ones_for_ever() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    assert_eq!(replay(&world, &made, None).await.at("/gone_until"), Value::Null);
    for (state, days) in [("delivered", 89), ("delivered", 91), ("dead", 91), ("dead", 179), ("dead", 181), ("pending", 400)] {
        old(&world, 1, state, days).await;
    }
    let leaves = world.count("leaf").await;
    // A server looks when it starts.
    let other = world.another_server().await;
    becomes(&world, "pending 1, delivered 1, dead 2").await;
    assert_eq!(world.count("leaf").await, leaves, "evidence stays");
    other.stop().await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_says_what_is_gone_of_its_range() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    old(&world, 2, "delivered", 100).await;
    old(&world, 1, "delivered", 50).await;
    let youngest =
        world.sql_text("select max(made_at)::text from hook_delivery where made_at < now() - interval '90 days'").await;
    let other = world.another_server().await;
    becomes(&world, "delivered 1").await;
    assert_eq!(replay(&world, &made, Some("dead")).await.at("/gone_until"), Value::Null, "nothing dead is gone");
    let told = replay(&world, &made, Some("delivered")).await;
    assert_eq!(told.fen("/count"), 1);
    let same = format!("select ('{}'::timestamptz = '{youngest}'::timestamptz)::text", told.text_at("/gone_until"));
    assert_eq!(world.sql_text(&same).await, "true", "{} is not {youngest}", told.text);
    let path = format!("/v1/hooks/{}/replay", made.text_at("/id"));
    let utc = "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'";
    let next = format!("select to_char(('{youngest}'::timestamptz + interval '1 second') at time zone 'UTC', {utc})");
    let later = json!({"from": world.sql_text(&next).await, "to": "2100-01-01T00:00:00Z"});
    let later = world.post(&path, &world.finance(), &later).once().send().await.expect(200);
    assert_eq!(later.at("/gone_until"), Value::Null, "{}", later.text);
    other.stop().await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_delete_in_batches_and_count_each_delivery_once() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    hook(&world, &receiver, &["case.paid"]).await;
    old(&world, 1_700, "delivered", 100).await;
    old(&world, 300, "dead", 200).await;
    let (one, two) = tokio::join!(world.another_server(), world.another_server());
    becomes(&world, "").await;
    let counted = "select string_agg(state || ' ' || deliveries, ', ' order by state) from hook_forgotten";
    assert_eq!(world.sql_text(counted).await, "delivered 1700, dead 300");
    one.stop().await;
    two.stop().await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_kept_as_long_again() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    let made = hook(&world, &receiver, &["case.paid"]).await;
    world.fund(STREET, 200_000).await;
    receiver.answers([Answers::Status(200)]);
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    received(&receiver, 1).await;
    all_are(&world, &made, "delivered").await;
    world
        .sql("update hook_delivery set made_at = made_at - interval '100 days', ended_at = ended_at - interval '100 days'")
        .await;
    assert_eq!(replay(&world, &made, None).await.fen("/count"), 1);
    received(&receiver, 2).await;
    all_are(&world, &made, "delivered").await;
    let gone = "select forget_deliveries(interval '90 days', interval '180 days', 500)::text";
    assert_eq!(world.sql_text(gone).await, "0");
    // Less than a day is never meant.
    assert_eq!(world.sql_text(&gone.replace("90 days", "0 days")).await, "0");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_papers_are_overdue_is_not_told_again_because_it_was_deleted() {
    let (world, receiver) = (World::new().await, Receiver::new().await);
    hook(&world, &receiver, &["case.completion_overdue"]).await;
    world.fund(STREET, 200_000).await;
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    world
        .sql(
            "insert into hook_delivery (city, id, hook_id, event, subject, body, made_at, next_at, state, ended_at)
            select '3403', gen_random_uuid(), hook.id, 'case.completion_overdue', aid_case.id, '{}', at, at, 'delivered', at
            from hook, aid_case, lateral (select now() - interval '100 days' as at) as moment",
        )
        .await;
    let gone = "select forget_deliveries(interval '90 days', interval '180 days', 500)::text";
    world.sql("update aid_case set missing = '{id_card}'").await;
    assert_eq!(world.sql_text(gone).await, "0", "papers are missing");
    world.sql("update aid_case set missing = '{}'").await;
    assert_eq!(world.sql_text(gone).await, "1");
}
