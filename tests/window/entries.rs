//! `GET /v1/funds/{id}/entries`: opening, movements, closing.

use reqwest::Method;
use serde_json::json;

use crate::world::{Answer, STREET, World, case};

async fn entries(world: &World, fund: &str, query: &str) -> Answer {
    world.get(&format!("/v1/funds/{fund}/entries{query}"), &world.finance()).await
}

/// A fund with a top-up three days ago, a bank payment two days ago and cash today.
async fn moved(world: &World) -> String {
    let fund = world.fund(STREET, 500_000).await;
    let mut bank = case(STREET, 50_000);
    bank["payments"] = json!([{"method": "bank", "account": "6217000000000001", "account_name": "测试人"}]);
    world.fast_track(&bank).send().await.expect(201);
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    world.sql("update entry set at = at - make_interval(days => 4 - version::int) where version < 3").await;
    fund
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_movements_make_the_closing() {
    let world = World::new().await;
    let fund = moved(&world).await;

    let all = entries(&world, &fund, "").await.expect(200);

    let nothing = json!({"credited_fen": 0, "held_fen": 0, "paid_fen": 0, "balance_fen": 0});
    assert_eq!((all.at("/opening"), all.at("/fund_id")), (nothing, json!(fund)));
    let movements = all.at("/movements");
    let moves: Vec<_> = movements
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["debit"].clone(),
                row["credit"].clone(),
                row["amount_fen"].as_i64().unwrap(),
                row["balance_fen"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        moves,
        [
            (json!("treasury"), json!("available"), 500_000, 500_000),
            (json!("available"), json!("held"), 50_000, 450_000),
            (json!("available"), json!("paid"), 60_000, 390_000)
        ]
    );
    let closing = json!({"credited_fen": 500_000, "held_fen": 50_000, "paid_fen": 60_000, "balance_fen": 390_000});
    assert_eq!(all.at("/closing"), closing);
    assert_eq!((&movements[0]["reference"], &movements[0]["value_date"]), (&json!("T-1"), &json!("2026-11-20")));
    assert!(movements[1]["case_id"].is_string() && movements[1]["payment_id"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_of_days_opens_with_what_was_there_and_ends_with_its_last_day() {
    let world = World::new().await;
    let fund = moved(&world).await;
    let day = |ago: i32| format!("select ((now() at time zone 'Asia/Shanghai')::date - {ago})::text");
    let (three, two, today) = (world.sql_text(&day(3)).await, world.sql_text(&day(2)).await, world.sql_text(&day(0)).await);
    let figures = |answer: Answer| {
        let answer = answer.expect(200);
        let moves = answer.at("/movements").as_array().unwrap().len();
        (answer.fen("/opening/balance_fen"), moves, answer.fen("/closing/balance_fen"))
    };

    assert_eq!(figures(entries(&world, &fund, &format!("?to={three}")).await), (0, 1, 500_000));
    assert_eq!(figures(entries(&world, &fund, &format!("?from={two}&to={two}")).await), (500_000, 1, 450_000));
    assert_eq!(figures(entries(&world, &fund, &format!("?from={two}")).await), (500_000, 2, 390_000));
    assert_eq!(figures(entries(&world, &fund, &format!("?from={today}")).await), (450_000, 1, 390_000));
    assert_eq!(figures(entries(&world, &fund, "?from=2900-01-01").await), (390_000, 0, 390_000));
    for wrong in [&format!("?from={today}&to={two}"), "?from=2026-13-01", "?to=0001-01-01", "?from=", "?since=2026-01-01"] {
        entries(&world, &fund, wrong).await.refused(400, "VALIDATION");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_as_csv_with_the_same_figures() {
    let world = World::new().await;
    let fund = moved(&world).await;
    let formula = json!({"amount_fen": 1, "reference": "=HYPERLINK(\"x\")"});
    world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &formula).once().send().await.expect(201);
    let path = format!("/v1/funds/{fund}/entries");

    let csv = world.ask(Method::GET, &path).by(&world.finance()).header("accept", "text/csv").send().await.expect(200);

    assert_eq!(csv.headers.get("content-type").unwrap(), "text/csv; charset=utf-8");
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    let rows: Vec<std::collections::BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("line"), ["opening", "movement", "movement", "movement", "movement", "closing"]);
    assert_eq!(column("balance_fen"), ["0", "500000", "450000", "390000", "390001", "390001"]);
    assert_eq!(column("amount_fen"), ["", "500000", "50000", "60000", "1", ""]);
    assert!(!rows[4]["reference"].starts_with('='), "a spreadsheet would run it: {}", rows[4]["reference"]);
    world.ask(Method::GET, &path).by(&world.finance()).header("accept", "image/png").send().await.refused(406, "NOT_ACCEPTABLE");
}
