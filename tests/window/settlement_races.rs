//! Bills that come at once, over two servers.

use futures_util::future::join_all;
use serde_json::json;

use crate::settlements::{HERE, balance, bill, cancel, clear, fund, part, result, reverse, settle};
use crate::world::{Answer, World};

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_through_two_servers_is_settled_once() {
    let world = World::new().await;
    let other = world.another_server().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    for funded in [true, false] {
        for n in 0..5 {
            let mut body = bill(1_000);
            if !funded {
                // Borne by nobody whose row is locked.
                body["third_party_fen"] = json!(1_000);
            }
            let ask = settle(&world, &body);
            let asks =
                (0..6).map(|turn| if turn % 2 == 0 { ask.clone().once_more() } else { ask.clone().once_more().at(&other) });
            let answers = join_all(asks.map(crate::world::Ask::send)).await;
            assert_eq!(statuses(&answers), [200, 200, 200, 200, 200, 201], "round {n}");
            assert!(answers.iter().all(|answer| answer.text == answers[0].text), "everybody gets the first answer");
        }
    }
    assert_eq!((world.count("settlement").await, balance(&world, &fund).await), (10, (95_000, 5_000, 0)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_money_of_the_relief_fund_is_given_once() {
    let world = World::new().await;
    let other = world.another_server().await;
    let fund = fund(&world, HERE, "relief_fund", 1_200, Some(800)).await;
    let asks = (0..6).map(|turn| settle(&world, &bill(1_000)).at(if turn % 2 == 0 { &world.server } else { &other }));
    let answers = join_all(asks.map(crate::world::Ask::send)).await;
    assert_eq!(statuses(&answers), [201; 6]);
    let mut given: Vec<i64> =
        answers.iter().map(|answer| part(answer, "relief_fund")["amount_fen"].as_i64().unwrap_or_default()).collect();
    given.sort_unstable();
    assert_eq!((given, balance(&world, &fund).await), (vec![0, 0, 0, 0, 400, 800], (0, 1_200, 0)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_and_its_reversal_at_once_leave_nothing_standing() {
    let world = World::new().await;
    let other = world.another_server().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    for _ in 0..10 {
        let body = bill(1_000);
        let (settling, reversing) = (settle(&world, &body), reverse(&world, &body["message_id"]).at(&other));
        let (settled, reversed) = tokio::join!(settling.send(), reversing.clone().send());
        // Who came between reading and locking is asked to come again.
        let reversed = if reversed.status == 503 { reversing.send().await } else { reversed }.expect(200);
        match settled.status {
            201 => assert_eq!(reversed.text_at("/state"), "reversed"),
            _ => assert_eq!((settled.code(), reversed.text_at("/state")), ("REVERSED".into(), "fenced".into())),
        }
    }
    assert_eq!(balance(&world, &fund).await, (100_000, 0, 0));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_paid_given_back_or_changed_by_one_of_all_who_try() {
    let world = World::new().await;
    let other = world.another_server().await;
    let fund = fund(&world, HERE, "relief_fund", 100_000, None).await;
    for _ in 0..5 {
        let mut body = bill(1_000);
        body["third_party_fen"] = json!(400);
        let id = settle(&world, &body).send().await.expect(201).text_at("/id");
        let before = balance(&world, &fund).await;
        let hospital = world.billing(HERE, crate::world::HOSPITAL);
        let (paid, cancelled, reversed, less) = tokio::join!(
            clear(&world, &fund, &[&id]).send(),
            cancel(&world, &id).at(&other).send(),
            reverse(&world, &body["message_id"]).send(),
            result(&world, &hospital, &id, "third_party", "refused", 100).at(&other).send(),
        );
        let taken_back = [cancelled.status, reversed.status].contains(&200);
        assert!((paid.status == 201) != taken_back, "{paid:?} {cancelled:?} {reversed:?}");
        let after = balance(&world, &fund).await;
        let more = if less.status == 200 && !taken_back { 100 } else { 0 };
        assert_eq!(after.0, if taken_back { before.0 + 600 } else { before.0 - more });
    }
    world.check_invariants().await;
}
