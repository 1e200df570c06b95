//! `GET /v1/funds/{id}/entries`: opening, movements, closing.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use jiujinan::sheet::{Caps, Found, read};
use jiujinan::statement::{File, Kind};
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

async fn entries_as(world: &World, fund: &str, kind: &str) -> Answer {
    let path = format!("/v1/funds/{fund}/entries");
    let answer = world.ask(Method::GET, &path).by(&world.finance()).header("accept", kind).send().await.expect(200);
    assert_eq!(answer.headers.get("content-type").unwrap(), kind);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_as_a_workbook_with_the_same_figures() {
    let world = World::new().await;
    let fund = moved(&world).await;
    let all = entries(&world, &fund, "").await.expect(200);
    let bytes = entries_as(&world, &fund, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").await.bytes;

    let mut rows = Vec::new();
    read(&bytes, Caps::default(), |_, cells| rows.push(cells.to_vec())).unwrap();
    let column = |at: usize| rows[3..].iter().map(|row| row.get(at).map_or("".into(), Found::to_text)).collect::<Vec<_>>();
    assert_eq!(column(6), ["", "5000", "500", "600", "", ""]);
    assert_eq!(column(7), ["", "5000", "-500", "-600", "3900", ""]);
    assert_eq!(column(11), ["0", "5000", "4500", "3900", "", "3900"]);
    assert_eq!((column(3).len(), all.fen("/closing/balance_fen")), (6, 390_000));
    assert_eq!(column(13)[2], all.text_at("/movements/1/payment_id"));

    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |row, column| range.get_value((row, column)).cloned();
    assert_eq!((cell(7, 7), cell(8, 11)), (Some(Data::Float(3900.0)), Some(Data::Float(3900.0))));
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_as_camt_with_what_lies_in_the_account() {
    let world = World::new().await;
    let fund = moved(&world).await;
    let all = entries(&world, &fund, "").await.expect(200);
    let xml = entries_as(&world, &fund, "application/xml").await;

    let file = File::read(&xml.bytes, Kind::Camt).unwrap();

    // What is only held has not left the account.
    let figures: Vec<i64> = file.lines.iter().map(|line| line.amount.get()).collect();
    assert_eq!((file.opening.get(), figures, file.closing.get()), (0, vec![500_000, -60_000], 440_000));
    let credited = all.fen("/closing/credited_fen");
    assert_eq!(file.closing.get(), credited - all.fen("/closing/paid_fen"));
    assert_eq!(file.account, fund.replace('-', ""));
    let payment = all.text_at("/movements/2/payment_id").replace('-', "");
    assert!(file.lines[1].references.contains(&payment), "{:?}", file.lines[1].references);
    assert_eq!(file.lines[0].references, ["1-0", "T-1"].map(str::to_owned));
    assert_eq!(file.lines[0].value_on.to_string(), "2026-11-20");
    assert_eq!(entries_as(&world, &fund, "application/xml").await.text, xml.text);

    #[cfg(feature = "oracle")]
    oracle::agrees(&xml.text);
    for id in xml.text.split("<EndToEndId>").skip(1).map(|rest| rest.split('<').next().unwrap()) {
        assert!(id.len() <= 35, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_opens_and_closes_alike_in_every_format() {
    let world = World::new().await;
    let fund = moved(&world).await;
    let two = world.sql_text("select ((now() at time zone 'Asia/Shanghai')::date - 2)::text").await;
    for (query, balance, account) in [
        (format!("?from={two}"), (500_000, 390_000), (500_000, 440_000)),
        (format!("?to={two}"), (0, 450_000), (0, 500_000)),
        ("?from=2100-01-01".into(), (390_000, 390_000), (440_000, 440_000)),
    ] {
        let json = entries(&world, &fund, &query).await.expect(200);
        assert_eq!((json.fen("/opening/balance_fen"), json.fen("/closing/balance_fen")), balance, "{query}");
        let path = format!("/v1/funds/{fund}/entries{query}");
        let xml = world.ask(Method::GET, &path).by(&world.finance()).header("accept", "application/xml").send().await;
        let file = File::read(&xml.expect(200).bytes, Kind::Camt).unwrap();
        assert_eq!((file.opening.get(), file.closing.get()), account, "{query}");
    }
}

/// Our message as its schema has it, by others.
#[cfg(feature = "oracle")]
mod oracle {
    use open_payments_iso20022_camt::camt_053_001_12::BankToCustomerStatementV12;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "BkToCstmrStmt")]
        message: BankToCustomerStatementV12,
    }

    pub fn agrees(text: &str) {
        let theirs: Document = quick_xml::de::from_str(text).unwrap();
        theirs.message.validate().unwrap_or_else(|error| panic!("{}", error.message));
        let theirs = &theirs.message.stmt[0];
        let amounts: Vec<f64> = theirs.ntry.iter().flatten().map(|entry| entry.amt.value).collect();
        let balances: Vec<f64> = theirs.bal.iter().map(|balance| balance.amt.value).collect();
        assert_eq!((balances, amounts), (vec![0.0, 4400.0], vec![5000.0, 600.0]));
    }
}
