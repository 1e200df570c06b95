//! `/v1/funds`: what finance does with funds, and what others see of them.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case};

pub fn reserve(division: &str) -> Value {
    json!({
        "division": division, "kind": "street_reserve", "name": "天桥街道备用金", "target_fen": 2_000_000,
        "limits": {"floor_fen": 10_000, "case_cap_fen": 300_000, "fund_day_cap_fen": null},
        "account": {"bank": "中国银行蚌埠分行", "number": "622202000000001234", "name": "天桥街道办事处"},
        "subject_codes": ["2082001"]
    })
}

pub async fn open(world: &World, body: &Value) -> Answer {
    world.post("/v1/funds", &world.finance(), body).once().send().await
}

fn verb(world: &World, fund: &str, verb: &str, body: &Value) -> Ask {
    world.post(&format!("/v1/funds/{fund}/{verb}"), &world.finance(), body).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fund_is_opened_empty_with_what_finance_says_of_it() {
    let world = World::new().await;

    let opened = open(&world, &reserve(STREET)).await.expect(201);

    let mut expected = reserve(STREET);
    expected["limits"] = json!({
        "floor_fen": 10_000, "case_cap_fen": 300_000, "fund_day_cap_fen": null, "person_year_cap_fen": null, "officer_day_cap_fen": null
    });
    let seen = world.fund_now(&opened.text_at("/id")).await;
    for member in ["division", "kind", "name", "target_fen", "limits", "account", "subject_codes"] {
        assert_eq!(seen.at(&format!("/{member}")), expected[member], "{member}");
    }
    for (member, value) in [("credited_fen", 0), ("held_fen", 0), ("paid_fen", 0), ("available_fen", -10_000), ("version", 0)] {
        assert_eq!(seen.fen(&format!("/{member}")), value, "{member}");
    }
    assert_eq!((seen.at("/status"), seen.fen("/settings_version")), (json!("active"), 1));
    assert_eq!(seen.headers.get("etag").unwrap(), "\"1\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn account_limits_and_codes_may_be_left_out() {
    let world = World::new().await;
    let body = json!({"division": "3403", "kind": "relief_fund", "name": "救急难基金", "target_fen": 0});

    let opened = open(&world, &body).await.expect(201);

    assert_eq!((opened.at("/account"), opened.at("/subject_codes")), (Value::Null, json!([])));
    assert_eq!(opened.at("/limits/floor_fen"), 0);
    assert_eq!(opened.at("/limits/case_cap_fen"), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_has_one_reserve_in_use_and_any_number_of_other_funds() {
    let world = World::new().await;
    open(&world, &reserve(STREET)).await.expect(201);
    let before = world.counts().await;

    open(&world, &reserve(STREET)).await.refused(409, "CONFLICT");

    assert_eq!(world.counts().await["fund"], before["fund"]);
    open(&world, &reserve(OTHER_STREET)).await.expect(201);
    let relief = json!({"division": STREET, "kind": "relief_fund", "name": "救急难基金", "target_fen": 0});
    open(&world, &relief).await.expect(201);
    open(&world, &relief).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_opening_is_done_once() {
    let world = World::new().await;
    let ask = world.post("/v1/funds", &world.finance(), &reserve(STREET)).once();
    let first = ask.clone().send().await.expect(201);

    let again = ask.send().await.expect(201);

    assert_eq!((again.text, world.count("fund").await), (first.text, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn finance_opens_funds_in_its_own_scope_and_in_known_counties() {
    let world = World::new().await;
    let district = world.token(&[Role::Finance], "340303", "finance-2");
    world.post("/v1/funds", &district, &reserve(OTHER_STREET)).once().send().await.refused(404, "NOT_FOUND");
    world.post("/v1/funds", &district, &reserve("3403")).once().send().await.refused(404, "NOT_FOUND");
    let unknown = open(&world, &reserve("340399001")).await.refused(400, "VALIDATION");

    assert_eq!(unknown.at("/errors/0/pointer"), "/division");
    assert_eq!(world.count("fund").await, 0);
    world.post("/v1/funds", &district, &reserve(STREET)).once().send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_shown_to_finance_only_and_never_stored_with_an_answer() {
    let world = World::new().await;
    let opened = open(&world, &reserve(STREET)).await.expect(201);
    let fund = opened.text_at("/id");
    let clear = reserve(STREET)["account"].clone();
    world.top_up(&fund, 5_000).await.expect(201);
    verb(&world, &fund, "freeze", &json!({"reason": "王五报告盘点"})).send().await.expect(200);

    assert_eq!(world.fund_now(&fund).await.at("/account"), clear);
    assert_eq!(world.get("/v1/funds", &world.finance()).await.at("/items/0/account"), clear);
    for role in [Role::Clerk, Role::Approver, Role::Cashier, Role::Auditor] {
        let token = world.token(&[role], STREET, "reader-1");
        for seen in [world.get(&format!("/v1/funds/{fund}"), &token).await, world.get("/v1/funds", &token).await] {
            let seen = seen.expect(200);
            assert!(!seen.text.contains("62220200000000"), "{role:?}: {}", seen.text);
            assert!(!seen.text.contains("办事处"), "{role:?}: {}", seen.text);
            assert!(seen.text.contains("1234"), "{role:?}: {}", seen.text);
        }
    }
    assert!(opened.text_at("/account/number").ends_with("1234"));
    let kept = "select string_agg(convert_from(body, 'utf8'), '') || (select string_agg(convert_from(bytes, 'utf8'), '') from leaf) \
         from answer";
    let kept = world.sql_text(kept).await;
    for secret in ["62220200000000", "办事处", "王五"] {
        assert!(!kept.contains(secret), "{secret}: {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fund_exists_for_those_in_whose_scope_it_lies() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for division in [STREET, OTHER_STREET, "340303", "3403"] {
        ids.push(world.fund(division, 1_000).await);
    }
    let sees = async |token: &str| {
        let mut seen = 0;
        for id in &ids {
            let answer = world.get(&format!("/v1/funds/{id}"), token).await;
            seen += i32::from(answer.status == 200);
            if answer.status != 200 {
                answer.refused(404, "NOT_FOUND");
                world.get(&format!("/v1/funds/{id}/entries"), token).await.refused(404, "NOT_FOUND");
            }
        }
        let listed = world.get("/v1/funds", token).await.expect(200).at("/items").as_array().unwrap().len();
        (seen, listed)
    };

    assert_eq!(sees(&world.clerk(STREET)).await, (1, 1));
    assert_eq!(sees(&world.token(&[Role::Finance], "340303", "finance-2")).await, (2, 2));
    assert_eq!(sees(&world.finance()).await, (4, 4));
    assert_eq!(sees(&world.token(&[Role::Finance], "3401", "finance-3")).await, (0, 0));
    let district = world.token(&[Role::Finance], "340303", "finance-2");
    for (verb, body) in [
        ("topups", json!({"amount_fen": 1})),
        ("withdrawals", json!({"amount_fen": 1})),
        ("freeze", json!({"reason": "盘点"})),
        ("unfreeze", json!({"reason": "盘点"})),
    ] {
        let path = format!("/v1/funds/{}/{verb}", ids[1]);
        world.post(&path, &district, &body).once().send().await.refused(404, "NOT_FOUND");
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn funds_are_listed_page_by_page_in_the_order_of_their_opening() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for street in 1..=5 {
        ids.push(world.fund(&format!("34030300{street}"), 0).await);
    }

    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = world.get(&format!("/v1/funds?limit=2{cursor}"), &world.finance()).await.expect(200);
        seen.extend(page.at("/items").as_array().unwrap().iter().map(|fund| fund["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }

    assert_eq!((seen, pages), (ids, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_comes_in_and_goes_back_and_each_move_is_a_version() {
    let world = World::new().await;
    let fund = world.fund(STREET, 0).await;
    let top_up = json!({"amount_fen": 100_000, "source": "donation", "reference": "D-1", "value_date": "2026-11-20"});

    let topped = verb(&world, &fund, "topups", &top_up).send().await.expect(201);
    assert_eq!((topped.fen("/credited_fen"), topped.fen("/available_fen"), topped.fen("/version")), (100_000, 100_000, 1));
    assert_eq!(topped.at("/id"), fund);

    let back = verb(&world, &fund, "withdrawals", &json!({"amount_fen": 30_000})).send().await.expect(201);
    assert_eq!((back.fen("/credited_fen"), back.fen("/available_fen"), back.fen("/version")), (70_000, 70_000, 2));
    assert_eq!(back.fen("/settings_version"), 1);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_top_up_is_booked_once_and_another_amount_under_its_key_not_at_all() {
    let world = World::new().await;
    let fund = world.fund(STREET, 0).await;
    let ask =
        |fen: i64| world.post(&format!("/v1/funds/{fund}/topups"), &world.finance(), &json!({"amount_fen": fen})).key("top-up-1");
    let first = ask(100_000).send().await.expect(201);

    let again = ask(100_000).send().await.expect(201);
    ask(200_000).send().await.refused(422, "KEY_REUSED");

    assert_eq!(again.text, first.text);
    assert_eq!(world.fund_now(&fund).await.fen("/credited_fen"), 100_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_goes_back_than_is_available_above_the_floor() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 100_000, json!({"floor_fen": 20_000})).await;
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 10_000}]);
    world.fast_track(&body).send().await.expect(201);
    let before = world.counts().await;
    let ask = verb(&world, &fund, "withdrawals", &json!({"amount_fen": 20_001}));

    let refused = ask.clone().send().await.refused(409, "FUND_INSUFFICIENT");

    assert_eq!(refused.at("/fund"), json!({"id": fund, "available_fen": 20_000, "version": 2}));
    assert_eq!(world.counts().await["entry"], before["entry"]);
    assert_eq!(ask.send().await.text, refused.text, "a refusal is final for its key");
    verb(&world, &fund, "withdrawals", &json!({"amount_fen": 20_000})).send().await.expect(201);
    assert_eq!(world.fund_now(&fund).await.fen("/available_fen"), 0);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_fund_receives_and_does_not_pay() {
    let world = World::new().await;
    let fund = world.fund(STREET, 100_000).await;
    let frozen = verb(&world, &fund, "freeze", &json!({"reason": "盘点"})).send().await.expect(200);
    assert_eq!((frozen.at("/status"), frozen.fen("/settings_version")), (json!("frozen"), 2));

    world.top_up(&fund, 50_000).await.expect(201);
    verb(&world, &fund, "withdrawals", &json!({"amount_fen": 1})).send().await.refused(409, "FUND_FROZEN");
    world.fast_track(&case(STREET, 60_000)).send().await.refused(409, "FUND_FROZEN");

    let again = verb(&world, &fund, "freeze", &json!({"reason": "再盘点"})).send().await.expect(200);
    assert_eq!(again.fen("/settings_version"), 2, "freezing what is frozen changes nothing");
    let thawed = verb(&world, &fund, "unfreeze", &json!({"reason": "完毕"})).send().await.expect(200);
    assert_eq!((thawed.at("/status"), thawed.fen("/available_fen")), (json!("active"), 150_000));
    verb(&world, &fund, "withdrawals", &json!({"amount_fen": 1})).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_says_where_it_comes_from_and_a_district_is_assumed() {
    let world = World::new().await;
    let fund = world.fund(STREET, 0).await;
    for source in ["central", "province", "city", "district", "donation", "loan"] {
        verb(&world, &fund, "topups", &json!({"amount_fen": 1, "source": source})).send().await.expect(201);
    }
    verb(&world, &fund, "topups", &json!({"amount_fen": 1})).send().await.expect(201);
    verb(&world, &fund, "topups", &json!({"amount_fen": 1, "source": "bank"})).send().await.refused(400, "VALIDATION");

    let entries = world.get(&format!("/v1/funds/{fund}/entries"), &world.finance()).await.expect(200);
    let sources: Vec<Value> =
        entries.at("/movements").as_array().unwrap().iter().map(|movement| movement["source"].clone()).collect();
    assert_eq!(
        sources,
        ["central", "province", "city", "district", "donation", "loan", "district", "loan"],
        "a loan is repaid first"
    );
}
