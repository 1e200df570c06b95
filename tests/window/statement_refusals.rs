//! What is not taken in, matched or booked, and what must not be there afterwards.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::statements::top_up;
use crate::world::statement::Paper;
use crate::world::{OTHER_STREET, STREET, World, account, today};

/// Rows of statements, lines, matches, bookings, entries.
async fn left(world: &World) -> [i64; 5] {
    let counts = world.counts().await;
    ["statement", "statement_line", "statement_match", "statement_booking", "entry"].map(|table| counts[table])
}

/// A fund with a statement of these lines: world, fund, account, statement.
async fn with(lines: impl FnOnce(Paper) -> Paper) -> (World, String, String, String) {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    let statement = world.take_in(&fund, &lines(Paper::new(&number, 0))).await.text_at("/id");
    (world, fund, number, statement)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_follow_is_refused_whole_with_its_figure() {
    let (world, fund, number, _) = with(|paper| paper.line(10_000, "")).await;
    let first = Paper::new(&number, 0).line(10_000, "");
    let good = first.next().line(500, "");
    let before = left(&world).await;
    let refused = async |paper: &Paper, status: u16, detail: &str| {
        let code = if status == 400 { "VALIDATION" } else { "CONFLICT" };
        let answer = world.statement(&fund, paper).by(&world.finance()).send().await.refused(status, code);
        assert!(answer.text_at("/detail").contains(detail), "{detail}: {}", answer.text);
        assert_eq!(left(&world).await, before, "{detail}");
    };
    refused(&Paper { opening_fen: 9_999, ..good.clone() }, 409, "opening 99.99 yuan, statement 1 closed at 100.00").await;
    refused(&Paper { sequence: 0, ..good.clone() }, 409, "statement 0 comes before 1").await;
    refused(&Paper { sequence: 1, ..good.clone() }, 409, "statement 1 of this account").await;
    refused(&Paper { from: "2026-01-01".into(), ..good.clone() }, 409, "statement 1 ended on").await;
    refused(&first, 409, "this file was taken in before").await;
    refused(&Paper { closing_fen: Some(1), ..good.clone() }, 400, "opening 100.00 and 1 lines make 105.00, 0.01 found").await;
    refused(&good.clone().line(-5, "").on("2025-01-01", "2025-01-01"), 400, "line 6: date: ").await;
    let strange = account();
    let shown = format!("the fund has ************{}", &number[12..]);
    refused(&Paper { account: strange.clone(), ..good.clone() }, 400, &shown).await;
    let answer = world.statement(&fund, &Paper { account: strange.clone(), ..good.clone() }).by(&world.finance()).send().await;
    assert!(!answer.text.contains(&strange) && !answer.text.contains(&number), "{}", answer.text);
    let bare = json!({"division": STREET, "kind": "relief_fund", "name": "无户", "target_fen": 0});
    let bare = world.post("/v1/funds", &world.finance(), &bare).once().send().await.expect(201).text_at("/id");
    world.statement(&bare, &good).by(&world.finance()).send().await.refused(409, "CONFLICT");
    let (other, _) = world.fund_at_bank(OTHER_STREET, "relief_fund").await;
    let street = world.token(&[Role::Finance], STREET, "finance-2");
    world.statement(&other, &good).by(&street).send().await.refused(404, "NOT_FOUND");
    let nowhere = uuid::Uuid::new_v4().to_string();
    world.statement(&nowhere, &good).by(&world.finance()).send().await.refused(404, "NOT_FOUND");
    let kind = |kind: &'static str| world.statement(&fund, &good).by(&world.finance()).header("content-type", kind);
    kind("application/json").send().await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(left(&world).await, before);
    world.take_in(&fund, &good).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_is_answered_again_and_the_same_file_under_another_key_is_refused() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    let ask = world.statement(&fund, &Paper::new(&number, 0).line(10_000, "")).by(&world.finance());
    let first = ask.clone().send().await.expect(201);
    let after = left(&world).await;
    let again = ask.clone().send().await.expect(201);
    assert_eq!((&again.text, again.headers.get("idempotent-replayed").unwrap().to_str().unwrap()), (&first.text, "true"));
    ask.once_more().send().await.refused(409, "CONFLICT");
    assert_eq!(left(&world).await, after);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_officers_must_say_one_does_not() {
    let (world, _, _, statement) = with(|paper| paper.line(10_000, "").line(12, "结息")).await;
    let before = left(&world).await;
    let path = format!("/v1/statements/{statement}/bookings");
    let booking = json!({"line": 2, "code": "INTEREST", "account": "interest_payable"});
    let ask = || world.post(&path, &world.finance(), &booking).once();
    ask().send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    world.countersign(ask(), "finance-1").send().await.refused(409, "SAME_PERSON_SIGNED");
    world.countersign_by(ask(), &[Role::Clerk], "3403", "x").send().await.refused(403, "COUNTERSIGN_INVALID");
    world.countersign_by(ask(), &[Role::Approver], OTHER_STREET, "x").send().await.refused(403, "COUNTERSIGN_INVALID");
    let other = world.countersign(world.post(&path, &world.finance(), &json!({"line": 1})), "second-1");
    let _ = other;
    let street = world.token(&[Role::Finance], OTHER_STREET, "finance-2");
    world.countersign(world.post(&path, &street, &booking).once(), "second-1").send().await.refused(404, "NOT_FOUND");
    let clerk = world.clerk(STREET);
    world.countersign(world.post(&path, &clerk, &booking).once(), "second-1").send().await.refused(403, "FORBIDDEN");
    assert_eq!(left(&world).await, before);
    world.countersign(ask(), "second-1").send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_booked_only_as_what_it_is_and_once() {
    let (world, _, _, statement) =
        with(|paper| paper.line(10_000, "").line(12, "结息").line(-300, "转出").line(-5, "手续费")).await;
    let before = left(&world).await;
    let book = async |line: i64, code: &str, account: &str| world.book_line(&statement, line, code, account).await;
    for (line, code, account, status) in [
        (2, "INTEREST", "available", 400),
        (2, "INTEREST", "other_payable", 400),
        (1, "UNKNOWN_CREDIT", "available", 400),
        (1, "RETURNED_PAYMENT", "available", 400),
        (1, "NONSENSE", "held", 400),
        (0, "INTEREST", "interest_payable", 400),
        (1, "RETURNED_PAYMENT", "held", 409),
        (1, "FEE", "receivable", 409),
        (3, "INTEREST", "interest_payable", 409),
        (3, "UNKNOWN_CREDIT", "other_payable", 409),
        (3, "MISSING_HERE", "receivable", 409),
        (3, "DUPLICATE_AT_BANK", "receivable", 409),
        (3, "MISSING_AT_BANK", "receivable", 409),
        (9, "INTEREST", "interest_payable", 409),
    ] {
        let answer = book(line, code, account).await;
        assert_eq!(answer.status, status, "{line} {code} {account}: {}", answer.text);
    }
    world.say(&statement, "matches", &json!({"line": 1, "version": 1, "ordinal": 0})).send().await.refused(409, "CONFLICT");
    assert_eq!(left(&world).await, before);
    let ask = world.say(&statement, "bookings", &json!({"line": 2, "code": "INTEREST", "account": "interest_payable"}));
    let first = ask.clone().send().await.expect(201);
    assert_eq!(ask.send().await.expect(201).text, first.text);
    book(2, "INTEREST", "interest_payable").await.refused(409, "CONFLICT");
    let nowhere = uuid::Uuid::new_v4().to_string();
    world.book_line(&nowhere, 1, "INTEREST", "interest_payable").await.refused(404, "NOT_FOUND");
    assert_eq!(left(&world).await, [before[0], before[1], before[2] + 1, before[3] + 1, before[4] + 1]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_suggested_is_matched_by_hand_and_nothing_twice() {
    let world = World::new().await;
    let (fund, number) = world.fund_at_bank(STREET, "relief_fund").await;
    top_up(&world, &fund, 10_000, "T-1", &today()).await;
    top_up(&world, &fund, 20_000, "T-2", &today()).await;
    let paper = Paper::new(&number, 0).line(10_000, "").line(10_000, "").line(20_000, "T-2");
    let statement = world.take_in(&fund, &paper).await.text_at("/id");
    let say = async |line: i64, version: i64| {
        world.say(&statement, "matches", &json!({"line": line, "version": version, "ordinal": 0})).send().await
    };
    for (line, version) in [(1, 2), (1, 3), (3, 2), (3, 1), (7, 1)] {
        say(line, version).await.refused(409, "CONFLICT");
    }
    let ordinal = json!({"line": 1, "version": 1, "ordinal": 1});
    world.say(&statement, "matches", &ordinal).send().await.refused(409, "CONFLICT");
    let unsigned = world.post(
        &format!("/v1/statements/{statement}/matches"),
        &world.finance(),
        &json!({"line": 1, "version": 1, "ordinal": 0}),
    );
    unsigned.once().send().await.refused(409, "SECOND_SIGNATURE_REQUIRED");
    say(1, 1).await.expect(201);
    say(2, 1).await.refused(409, "CONFLICT");
    say(1, 1).await.refused(409, "CONFLICT");
    assert_eq!(world.count("statement_match").await, 2);
    // The table keeps it, too.
    let double = "insert into statement_match select city, statement_id, 2, fund_id, version, ordinal, amount, key, officer, countersigned_by, at
        from statement_match where line = 1";
    let refused = world.database.client().await.batch_execute(double).await.unwrap_err();
    assert_eq!(refused.as_db_error().unwrap().constraint(), Some("movement_is_matched_once"));
    let double = double.replace("statement_id, 2, fund_id, version", "statement_id, line, fund_id, version + 9");
    let refused = world.database.client().await.batch_execute(&double).await.unwrap_err();
    assert_eq!(refused.as_db_error().unwrap().constraint(), Some("line_is_matched_once"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_asked_for_a_day_that_statements_reach() {
    let (world, fund, ..) = with(|paper| paper).await;
    let ask = async |fund: &str, date: &str, token: &str| {
        world.get(&format!("/v1/reconciliation?fund={fund}&date={date}"), token).await
    };
    let finance = world.finance();
    for date in ["2025-12-31", "2999-01-01", "9999-12-31", "20260101", ""] {
        ask(&fund, date, &finance).await.refused(400, "VALIDATION");
    }
    ask(&fund, "2026-01-01", &finance).await.expect(200);
    let (other, _) = world.fund_at_bank(OTHER_STREET, "relief_fund").await;
    ask(&other, &today(), &finance).await.refused(400, "VALIDATION");
    ask(&fund, &today(), &world.token(&[Role::Finance], OTHER_STREET, "f")).await.refused(404, "NOT_FOUND");
    world.get("/v1/reconciliation", &finance).await.refused(400, "VALIDATION");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_says_of_people_is_sealed_and_in_no_answer_leaf_or_log() {
    let (name, number) = ("欧阳测试甲", account());
    let told = number.clone();
    let (world, fund, _, statement) = with(|paper| paper.line(10_000, &format!("{name}退款")).with(name, &told)).await;
    let seen = world.statement_now(&statement).await;
    assert!(seen.text_at("/differences/0/counterparty").starts_with('欧'), "{}", seen.text);
    let shown: Value = world.balance(&fund).await.body;
    let texts = [seen.text, shown.to_string()];
    let client = world.database.client().await;
    let mut rows: Vec<String> = texts.into();
    for table in ["statement", "statement_line", "statement_match", "leaf", "answer"] {
        let found = client.query(&format!("select t::text from {table} as t"), &[]).await.unwrap();
        rows.extend(found.iter().map(|row| row.get::<_, String>(0)));
    }
    for secret in [name, number.as_str()] {
        for row in &rows {
            assert!(!row.contains(secret) && !row.contains(&hex::encode(secret)), "{secret}: {row}");
        }
    }
}
