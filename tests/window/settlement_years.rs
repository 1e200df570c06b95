//! The limit of a person and year, where hospital bills count in it.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::settlements::{HERE, balance, bill, cancel, part, result, settle};
use crate::world::{Answer, Ask, HOSPITAL, World, person};

async fn limited(world: &World, fen: i64) -> String {
    let limits = json!({"person_year_cap_fen": fen});
    let body = json!({"division": HERE, "kind": "relief_fund", "name": "基金", "target_fen": 0, "limits": limits});
    let id = world.post("/v1/funds", &world.finance(), &body).once().send().await.expect(201).text_at("/id");
    world.top_up(&id, 100_000).await.expect(201);
    id
}

fn of(who: &str, fen: i64) -> Value {
    let mut body = bill(fen);
    body["patient"]["id_no"] = json!(who);
    body
}

fn borne(answer: &Answer) -> (i64, Value) {
    let part = part(answer, "relief_fund");
    (part["amount_fen"].as_i64().unwrap(), part["rule"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_year_is_limited_over_all_bills_and_given_back_with_them() {
    let world = World::new().await;
    let fund = limited(&world, 1_000).await;
    let who = person();
    let first = settle(&world, &of(&who, 700)).send().await.expect(201);
    assert_eq!(borne(&first), (700, json!("REMAINDER")));
    let hospital = world.billing(HERE, HOSPITAL);
    let quote = world.post("/v1/settlements/quote", &hospital, &of(&who, 700)).send().await.expect(200);
    assert_eq!(borne(&quote), (300, json!("LIMIT_PERSON_YEAR")));
    let second = settle(&world, &of(&who, 700)).send().await.expect(201);
    assert_eq!((borne(&second), part(&second, "patient")["amount_fen"].clone()), ((300, json!("LIMIT_PERSON_YEAR")), 400.into()));
    assert_eq!(second.at("/instalment_proposal"), Value::Null, "the fund gave what its limit allows");
    assert_eq!(borne(&settle(&world, &of(&who, 1)).send().await.expect(201)), (0, json!("LIMIT_PERSON_YEAR")));
    assert_eq!(
        borne(&settle(&world, &of(&person(), 900)).send().await.expect(201)).0,
        900,
        "another person has a year of their own"
    );

    cancel(&world, &first.text_at("/id")).send().await.expect(200);
    assert_eq!(borne(&settle(&world, &of(&who, 900)).send().await.expect(201)), (700, json!("LIMIT_PERSON_YEAR")));
    // Last year's bills are last year's.
    world.sql("update settlement set settled_on = settled_on - 400").await;
    assert_eq!(borne(&settle(&world, &of(&who, 900)).send().await.expect(201)), (900, json!("REMAINDER")));
    assert_eq!(balance(&world, &fund).await.1, 300 + 900 + 700 + 900);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_split_again_stays_within_the_year_of_its_bill() {
    let world = World::new().await;
    limited(&world, 1_000).await;
    let who = person();
    let mut body = of(&who, 900);
    body["third_party_fen"] = json!(500);
    let id = settle(&world, &body).send().await.expect(201).text_at("/id");
    settle(&world, &of(&who, 450)).send().await.expect(201);
    let hospital = world.billing(HERE, HOSPITAL);
    let again = result(&world, &hospital, &id, "third_party", "refused", 300).send().await.expect(200);
    assert_eq!((borne(&again), part(&again, "patient")["amount_fen"].clone()), ((550, json!("LIMIT_PERSON_YEAR")), 150.into()));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_of_one_person_at_once_over_two_servers_stay_within_the_year() {
    let world = World::new().await;
    let other = world.another_server().await;
    let fund = limited(&world, 1_000).await;
    let who = person();
    let asks = (0..8).map(|n| settle(&world, &of(&who, 300)).at(if n % 2 == 0 { &world.server } else { &other }));
    let answers = join_all(asks.map(Ask::send)).await;
    let mut shares: Vec<i64> = answers.into_iter().map(|answer| borne(&answer.expect(201)).0).collect();
    shares.sort_unstable();
    assert_eq!((shares, balance(&world, &fund).await.1), (vec![0, 0, 0, 0, 100, 300, 300, 300], 1_000));
    world.check_invariants().await;
}
