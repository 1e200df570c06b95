//! Goods of a counted stock, handed out when a fund is short.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case};

/// 5 quilts of 120.00 in the store of a division.
async fn quilts(world: &World, division: &str) -> String {
    let body = json!({"division": division, "name": "棉被", "unit": "床", "value_fen": 12_000, "stock": 5});
    world.post("/v1/goods", &keeper(world, division), &body).once().send().await.expect(201).text_at("/id")
}

fn keeper(world: &World, division: &str) -> String {
    world.token(&[Role::Cashier], division, "keeper-1")
}

/// A case that asks for 600.00 of a fund with 100.00, and the refusal.
async fn short(world: &World, limits: Value) -> (String, Answer) {
    let fund = world.fund_with(STREET, 10_000, limits).await;
    let refused = world.fast_track(&case(STREET, 60_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    (fund, refused)
}

fn take(world: &World, refused: &Answer, kind: &str, body: &Value) -> Ask {
    let ways = refused.at("/decision/options");
    let way = ways.as_array().unwrap().iter().find(|way| way["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned();
    world.post(&format!("/v1/cases/{}/options/{way}", refused.text_at("/case_id")), &world.clerk(STREET), body).once()
}

async fn stock(world: &World, goods: &str) -> i64 {
    world.get(&format!("/v1/goods/{goods}"), &world.finance()).await.expect(200).fen("/stock")
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_handed_out_instead_of_money_and_the_fund_keeps_its_balance() {
    let world = World::new().await;
    let goods = quilts(&world, STREET).await;
    let (fund, refused) = short(&world, json!({})).await;
    let ask = take(&world, &refused, "goods", &json!({"goods": [{"id": goods, "quantity": 3}]}));
    let given = ask.clone().send().await.expect(200);
    assert_eq!((given.text_at("/case/state"), given.fen("/granted_fen")), ("paid".into(), 36_000));
    assert_eq!((given.text_at("/payments/0/method"), given.fen("/payments/0/amount_fen")), ("goods".into(), 36_000));
    assert_eq!((given.text_at("/payments/0/goods/name"), given.fen("/payments/0/goods/quantity")), ("棉被".into(), 3));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/available_fen"), now.fen("/credited_fen"), now.fen("/paid_fen")), (10_000, 46_000, 36_000));
    assert_eq!(stock(&world, &goods).await, 2);

    assert_eq!(ask.send().await.expect(200).text, given.text);
    take(&world, &refused, "goods", &json!({"goods": [{"id": goods, "quantity": 1}]})).send().await.refused(409, "CONFLICT");
    assert_eq!(stock(&world, &goods).await, 2);

    let receipt = world.get(&format!("/v1/cases/{}/forms/receipt", refused.text_at("/case_id")), &world.clerk(STREET)).await;
    assert!(receipt.expect(200).text.contains("棉被 3床"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_value_of_goods_counts_in_every_limit() {
    let world = World::new().await;
    let goods = quilts(&world, STREET).await;
    let (_, refused) = short(&world, json!({"officer_day_cap_fen": 48_000})).await;
    let four = json!({"goods": [{"id": goods, "quantity": 4}]});
    take(&world, &refused, "goods", &four).send().await.expect(200);

    let asked = world.fast_track(&case(STREET, 1_000)).send().await;
    asked.refused(409, "LIMIT_OFFICER_DAY");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_below_the_value_of_goods_refuses_them_whole() {
    let world = World::new().await;
    let goods = quilts(&world, STREET).await;
    let (fund, refused) = short(&world, json!({"case_cap_fen": 30_000})).await;
    let before = world.counts().await;
    let three = json!({"goods": [{"id": goods, "quantity": 3}]});
    take(&world, &refused, "goods", &three).send().await.refused(409, "LIMIT_CASE");

    let after = world.counts().await;
    for table in ["entry", "claim", "goods_move", "hold"] {
        assert_eq!(before[table], after[table], "{table}");
    }
    assert_eq!((stock(&world, &goods).await, world.fund_now(&fund).await.fen("/credited_fen")), (5, 10_000));
    take(&world, &refused, "goods", &json!({"goods": [{"id": goods, "quantity": 2}]})).send().await.expect(200);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_a_store_is_handed_out_once() {
    let world = World::new().await;
    let other = world.another_server().await;
    let goods = quilts(&world, STREET).await;
    let (_, first) = short(&world, json!({})).await;
    let second = world.fast_track(&case(STREET, 60_000)).send().await.refused(409, "FUND_INSUFFICIENT");
    let body = json!({"goods": [{"id": goods, "quantity": 3}]});
    let (one, two) = (take(&world, &first, "goods", &body), take(&world, &second, "goods", &body));
    let (one, two) = tokio::join!(one.send(), two.at(&other).send());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let lost = if one.status == 409 { one } else { two };
    lost.refused(409, "FUND_INSUFFICIENT");
    assert_eq!(stock(&world, &goods).await, 2);
    world.check_invariants().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_serves_the_streets_of_its_division_and_no_others() {
    let world = World::new().await;
    let county = quilts(&world, "340303").await;
    let foreign = quilts(&world, OTHER_STREET).await;
    let (_, refused) = short(&world, json!({})).await;
    let body = |goods: &str| json!({"goods": [{"id": goods, "quantity": 1}]});
    take(&world, &refused, "goods", &body(&foreign)).send().await.expect(404);
    let clerk = world.clerk(STREET);
    world.get(&format!("/v1/goods/{foreign}"), &clerk).await.expect(404);
    let seen = world.get("/v1/goods", &clerk).await.expect(200);
    assert_eq!(seen.at("/items").as_array().unwrap().len(), 1);
    assert_eq!(seen.text_at("/items/0/id"), county);
    let moves = world.get(&format!("/v1/goods/{county}/moves"), &clerk).await.expect(200);
    assert_eq!(moves.at("/items"), json!([]));
    take(&world, &refused, "goods", &body(&county)).send().await.expect(200);
    assert_eq!((stock(&world, &county).await, stock(&world, &foreign).await), (4, 5));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_and_what_is_counted_stays_visible() {
    let world = World::new().await;
    let goods = quilts(&world, STREET).await;
    let keeper = keeper(&world, STREET);
    let path = format!("/v1/goods/{goods}");
    let delivery = json!({"quantity": 7, "reference": "S-1"});
    let delivered = world.post(&format!("{path}/deliveries"), &keeper, &delivery).once();
    let first = delivered.clone().send().await.expect(201);
    assert_eq!((first.fen("/stock"), delivered.send().await.expect(201).text == first.text), (12, true));
    let counted = world.post(&format!("{path}/counts"), &keeper, &json!({"quantity": 11})).once().send().await.expect(200);
    assert_eq!((counted.fen("/stock"), counted.fen("/version")), (11, 3));

    let moves = world.get(&format!("{path}/moves?limit=2"), &keeper).await.expect(200);
    assert_eq!((moves.text_at("/items/0/kind"), moves.fen("/items/0/change")), ("counted".into(), -1));
    assert_eq!((moves.text_at("/items/1/kind"), moves.fen("/items/1/change")), ("delivered".into(), 7));
    let next = format!("{path}/moves?limit=2&cursor={}", moves.text_at("/next_cursor"));
    assert_eq!(world.get(&next, &keeper).await.expect(200).fen("/items/0/stock"), 5);
    let stranger = self::keeper(&world, OTHER_STREET);
    for verb in ["deliveries", "counts"] {
        world.post(&format!("{path}/{verb}"), &stranger, &json!({"quantity": 1})).once().send().await.expect(404);
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_and_money_are_not_mixed_up() {
    let world = World::new().await;
    let goods = quilts(&world, STREET).await;
    let (_, refused) = short(&world, json!({})).await;
    let one = json!([{"id": goods, "quantity": 1}]);
    let cash = json!([{"method": "cash"}]);
    let wrong = [
        ("goods", json!({})),
        ("goods", json!({"goods": one, "payments": cash})),
        ("partial_now", json!({"goods": one})),
        ("goods", json!({"goods": [{"id": goods, "quantity": 0}]})),
        ("goods", json!({"goods": [{"id": goods, "quantity": 1}, {"id": goods, "quantity": 1}]})),
        // Worth more than what is asked for.
        ("goods", json!({"goods": [{"id": goods, "quantity": 6}]})),
        ("goods", json!({"goods": vec![json!({"id": goods, "quantity": 1}); 9]})),
    ];
    for (kind, body) in wrong {
        let answer = take(&world, &refused, kind, &body).send().await;
        assert!(answer.status == 400 || answer.status == 409, "{kind} {body}: {}", answer.text);
    }
    let short = take(&world, &refused, "goods", &json!({"goods": [{"id": goods, "quantity": 6}]})).send().await;
    short.refused(409, "FUND_INSUFFICIENT");
    let body = json!({"amount_fen": 1, "source": "stock"});
    let fund = refused.text_at("/fund/id");
    world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &body).once().send().await.expect(400);
    let bad = [
        json!({"division": "3403", "name": "棉被", "unit": "床", "value_fen": 1, "stock": 1}),
        json!({"division": "340303001001", "name": "棉被", "unit": "床", "value_fen": 1, "stock": 1}),
        json!({"division": STREET, "name": "棉被", "unit": "床", "value_fen": 0, "stock": 1}),
        json!({"division": STREET, "name": "棉被", "unit": "床", "value_fen": 1, "stock": -1}),
        json!({"division": STREET, "name": "棉被", "unit": "床", "value_fen": 1, "stock": 1_000_001}),
    ];
    for (body, pointer) in bad.into_iter().zip(["/division", "/division", "/value_fen", "/stock", "/stock"]) {
        let refused = world.post("/v1/goods", &world.finance(), &body).once().send().await.refused(400, "VALIDATION");
        assert_eq!(refused.text_at("/errors/0/pointer"), pointer, "{body}");
    }
    assert_eq!(stock(&world, &goods).await, 5);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_worth_more_than_any_amount_are_not_said_to_be_missing() {
    let world = World::new().await;
    let gold = json!({"division": STREET, "name": "金", "unit": "块", "value_fen": 1_000_000_000_000_i64, "stock": 5});
    let goods = world.post("/v1/goods", &keeper(&world, STREET), &gold).once().send().await.expect(201).text_at("/id");
    let (_, refused) = short(&world, json!({})).await;
    let two = json!({"goods": [{"id": goods, "quantity": 2}]});
    let wrong = take(&world, &refused, "goods", &two).send().await.refused(400, "VALIDATION");
    assert_eq!(wrong.text_at("/errors/0/pointer"), "/goods");
    assert_eq!(stock(&world, &goods).await, 5);
}
