//! `GET /v1/reports/monthly` and `/quarterly`: figures counted by hand, and by other queries from the raw tables.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::report_oracle::Oracle;
use crate::world::bank::{Bank, result};
use crate::world::{Answer, OTHER_STREET, STREET, World, account, case, person, until};

/// Sets when a case was accepted, and how many seconds later each of its entries was made, in their order.
async fn happened(world: &World, case: &str, at: &str, seconds: &[i64]) {
    world.sql(&format!("update aid_case set accepted_at = '{at}' where id = '{case}'")).await;
    world.sql(&format!("update hold set held_at = '{at}' where case_id = '{case}'")).await;
    let listed: Vec<String> = seconds.iter().map(i64::to_string).collect();
    world
        .sql(&format!(
            "update entry set at = '{at}'::timestamptz + made.seconds * interval '1 second'
            from (
                select e.fund_id, e.version, e.ordinal, ('{{{}}}'::bigint[])[row_number() over (order by e.version, e.ordinal)] as seconds
                from entry as e where e.case_id = '{case}'
            ) as made
            where entry.fund_id = made.fund_id and entry.version = made.version and entry.ordinal = made.ordinal",
            listed.join(",")
        ))
        .await;
    let untimed = format!("select count(*)::text from entry where case_id = '{case}'");
    assert_eq!(world.sql_text(&untimed).await, seconds.len().to_string(), "entries of the case");
}

fn id(answer: &Answer) -> String {
    answer.text_at("/case/id") + &answer.text_at("/case_id")
}

fn of(street: &str, cause: &str, fen: i64, who: &str) -> Value {
    let mut body = case(street, fen);
    (body["incident"]["cause"], body["applicant"]["id_no"]) = (json!(cause), json!(who));
    body
}

/// A sealed case of violence in a street, paid in cash: its id.
async fn sealed(world: &World, street: &str) -> String {
    let mut body = of(street, "violence", 156_000, &person());
    body["sealed"] = json!(true);
    id(&world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201))
}

/// What was played: the fund of the whole city, and the sealed case.
pub struct Played {
    pub relief: String,
    pub hidden: String,
}

/// October 2026 in two streets of two counties, with an evening before it and a night after it.
pub async fn october(world: &World, bank: &Bank) -> Played {
    world.fund(STREET, 2_000_000).await;
    world.fund(OTHER_STREET, 1_000_000).await;
    let relief = json!({"division": "3403", "kind": "relief_fund", "name": "救急难基金", "target_fen": 0});
    let relief = world.post("/v1/funds", &world.finance(), &relief).once().send().await.expect(201).text_at("/id");
    world.top_up(&relief, 500_000).await.expect(201);
    world.sql("update fund set opened_at = '2026-09-15'; update entry set at = '2026-09-15'").await;

    // 23:50 of 30 September, and half past midnight of 1 October, which UTC calls September.
    let paid = world.fast_track(&of(STREET, "accident", 10_000, &person())).send().await.expect(201);
    happened(world, &id(&paid), "2026-09-30T23:50:00+08:00", &[40]).await;
    let mut fire = of(STREET, "fire", 150_000, &person());
    fire["payments"] = json!([{"method": "cash", "amount_fen": 100_000}]);
    let fire = id(&world.countersign(world.fast_track(&fire), "approver-1").send().await.expect(201));
    happened(world, &fire, "2026-10-01T00:30:00+08:00", &[3600, 3600]).await;
    world.sql(&format!("update aid_case set completion_due = '2026-10-16' where id = '{fire}'")).await;
    world.sql("update hold set expires_at = '2999-01-01' where expires_at is not null").await;

    let mut transfer = of(OTHER_STREET, "illness", 50_000, &person());
    transfer["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);
    let transfer = world.fast_track(&transfer).send().await.expect(201);
    let (case_id, payment) = (id(&transfer), transfer.text_at("/payments/0/id"));
    let state = format!("select (payments::jsonb -> 0 ->> 'state') from aid_case where id = '{case_id}'");
    until("paid", async || world.sql_text(&state).await == "paid").await;
    bank.calls_back(&world.server, &result(&payment, "returned")).await.expect(204);
    until("returned", async || world.sql_text(&state).await == "returned").await;
    happened(world, &case_id, "2026-10-05T10:00:00+08:00", &[0, 7200, 10_000]).await;
    let resolved =
        format!("update hold set resolved_at = '2026-10-05T12:00:00+08:00' where case_id = '{case_id}' and state <> 'held'");
    world.sql(&resolved).await;

    let who = person();
    let mut family = of(STREET, "accident", 60_000, &who);
    family["household"] = json!([
        {"id_type": "resident_id", "id_no": person(), "name": "测试乙", "relation": "spouse"},
        {"id_type": "resident_id", "id_no": person(), "name": "测试丙", "relation": "child"}
    ]);
    let family = world.fast_track(&family).send().await.expect(201);
    happened(world, &id(&family), "2026-10-10T09:00:00+08:00", &[40]).await;
    let again = world.fast_track(&of(STREET, "accident", 5_000, &who)).send().await.refused(409, "SAME_CAUSE");
    happened(world, &id(&again), "2026-10-12T09:00:00+08:00", &[]).await;
    let ill = world.fast_track(&of(STREET, "illness", 20_000, &who)).send().await.expect(201);
    happened(world, &id(&ill), "2026-10-15T09:00:00+08:00", &[10]).await;

    let mut plain = of(STREET, "other", 9_000, &person());
    plain.as_object_mut().unwrap().remove("payments");
    let plain = id(&world.post("/v1/cases", &world.clerk(STREET), &plain).once().send().await.expect(201));
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    let declined = json!({"reason": "已有其他救助"});
    world.post(&format!("/v1/cases/{plain}/decline"), &approver, &declined).once().send().await.expect(200);
    happened(world, &plain, "2026-10-18T09:00:00+08:00", &[]).await;

    let hidden = sealed(world, STREET).await;
    happened(world, &hidden, "2026-10-20T09:00:00+08:00", &[5]).await;
    world.sql(&format!("update aid_case set completion_due = '2026-10-30' where id = '{hidden}'")).await;

    let mut school = of(OTHER_STREET, "education", 30_000, &person());
    school["fund_id"] = json!(relief);
    let city_clerk = world.token(&[Role::Clerk], "3403", "clerk-1");
    let school = world.post("/v1/fast-track", &city_clerk, &school).once().send().await.expect(201);
    happened(world, &id(&school), "2026-10-31T23:30:00+08:00", &[100]).await;
    // Half past midnight of 1 November, which UTC calls October.
    let late = world.fast_track(&of(STREET, "accident", 10_000, &person())).send().await.expect(201);
    happened(world, &id(&late), "2026-11-01T00:30:00+08:00", &[1000]).await;
    Played { relief, hidden }
}

async fn monthly(world: &World, token: &str, month: &str, division: &str) -> Answer {
    world.get(&format!("/v1/reports/monthly?month={month}&division={division}"), token).await
}

async fn quarterly(world: &World, quarter: &str, division: &str) -> Answer {
    world.get(&format!("/v1/reports/quarterly?quarter={quarter}&division={division}"), &world.finance()).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_what_was_counted_by_hand_and_by_other_queries() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let played = october(&world, &bank).await;

    let report = monthly(&world, &world.finance(), "2026-10", "3403").await.expect(200);

    let expected = json!({
        "cases": 7, "refused": 1, "declined": 1, "persons": 6, "households": 5, "repeated": 1,
        "granted_fen": 310_000, "paid_fen": 260_000, "returned_fen": 50_000, "recovered_fen": 0, "held_fen": 100_000,
        "first_payments": 5, "first_payment_median_s": 100, "first_payment_p95_s": 7200, "papers_due": 1, "papers_overdue": 1
    });
    assert_eq!(report.at("/total"), expected);
    assert_eq!(report.at("/refusals"), json!([{"code": "SAME_CAUSE", "cases": 1}]));
    assert_eq!((report.text_at("/from"), report.text_at("/to")), ("2026-10-01".into(), "2026-10-31".into()));
    let oracle = Oracle { world: &world, month: "2026-10", end: "2026-11-01T00:00:00+08:00" };
    oracle.agrees(&report.body).await;
    for (month, end) in [("2026-09", "2026-10-01T00:00:00+08:00"), ("2026-11", "2026-12-01T00:00:00+08:00")] {
        let report = monthly(&world, &world.finance(), month, "3403").await.expect(200);
        assert_eq!(report.fen("/total/cases"), 1, "{month}: the evening before, the night after");
        if month == "2026-09" {
            Oracle { world: &world, month, end }.agrees(&report.body).await;
        }
    }

    // Funds: every entry counts, that of the sealed case too.
    let funds = report.at("/funds");
    let funds: Vec<(i64, i64, i64, i64, i64)> = funds
        .as_array()
        .unwrap()
        .iter()
        .map(|fund| {
            let fen = |name: &str| fund[name].as_i64().unwrap();
            (fen("opening_fen"), fen("credited_fen"), fen("paid_fen"), fen("closing_fen"), fen("held_fen"))
        })
        .collect();
    assert_eq!(
        funds,
        [(500_000, 0, 30_000, 470_000, 0), (1_000_000, 0, 0, 1_000_000, 50_000), (1_990_000, 0, 336_000, 1_654_000, 50_000),]
    );
    assert_eq!(report.text_at("/funds/0/fund_id"), played.relief);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_street_sees_its_figures_whichever_fund_paid() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    october(&world, &bank).await;
    let approver = world.token(&[Role::Approver], OTHER_STREET, "approver-9");

    let own = world.get("/v1/reports/monthly?month=2026-10", &approver).await.expect(200);
    let seen = monthly(&world, &world.auditor(), "2026-10", OTHER_STREET).await.expect(200);

    assert_eq!(own.at("/total"), seen.at("/total"));
    assert_eq!((own.fen("/total/cases"), own.fen("/total/paid_fen"), own.fen("/total/held_fen")), (2, 80_000, 50_000));
    assert_eq!(own.at("/by_fund").as_array().unwrap().len(), 2, "the city's fund paid one of them");
    assert_eq!(own.at("/funds").as_array().unwrap().len(), 1, "but its money is not the street's");
    for division in ["3403", "340302", STREET, "340102001"] {
        monthly(&world, &approver, "2026-10", division).await.refused(404, "NOT_FOUND");
    }
    let nothing = world.token(&[Role::Finance], "340322", "finance-9");
    let empty = world.get("/v1/reports/monthly?month=2026-10", &nothing).await.expect(200);
    assert_eq!((empty.fen("/total/cases"), empty.at("/by_division"), empty.at("/funds")), (0, json!([]), json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_form_of_a_month_is_refused() {
    let world = World::new().await;
    for query in [
        "",
        "month=",
        "month=2026-13",
        "month=2026-1",
        "month=2026-Q4",
        "month=2026-11-01",
        "month=1900-12",
        "month=2999-01",
        "month=0000-00",
        "month=2026-11&day=1",
        "month=2026-11&division=34",
        "month=2026-11&month=2026-10",
    ] {
        world.get(&format!("/v1/reports/monthly?{query}"), &world.finance()).await.refused(400, "VALIDATION");
    }
    for query in ["", "quarter=2026-Q5", "quarter=2026-11", "quarter=2026-q4", "quarter=2999-Q1", "quarter=1900-Q4"] {
        world.get(&format!("/v1/reports/quarterly?{query}"), &world.finance()).await.refused(400, "VALIDATION");
    }
    for query in ["monthly?month=2998-12", "monthly?month=1901-01", "quarterly?quarter=2998-Q4", "quarterly?quarter=1901-Q1"] {
        world.get(&format!("/v1/reports/{query}"), &world.finance()).await.expect(200);
    }
    let page =
        world.ask(reqwest::Method::GET, "/v1/reports/monthly?month=2026-11").by(&world.finance()).header("accept", "text/html");
    assert_eq!(page.send().await.status, 406);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_has_its_months_beside_each_other_and_what_changed() {
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    october(&world, &bank).await;

    let quarter = quarterly(&world, "2026-Q4", "3403").await;

    assert_eq!((quarter.fen("/quarter/total/cases"), quarter.fen("/quarter/total/paid_fen")), (8, 270_000));
    assert_eq!(quarter.fen("/quarter/total/first_payment_median_s"), 100, "10, 40, 100, 1000, 3600, 7200");
    for (index, month) in ["2026-10", "2026-11", "2026-12"].into_iter().enumerate() {
        let alone = monthly(&world, &world.finance(), month, "3403").await.expect(200);
        let beside = quarter.at(&format!("/months/{index}"));
        for part in ["period", "total", "by_division", "by_fund", "by_lane", "by_cause", "refusals", "funds"] {
            assert_eq!(beside[part], alone.at(&format!("/{part}")), "{month} {part}");
        }
    }
    assert_eq!((quarter.text_at("/changes/0/from"), quarter.text_at("/changes/0/to")), ("2026-10".into(), "2026-11".into()));
    assert_eq!((quarter.fen("/changes/0/figures/cases"), quarter.fen("/changes/0/figures/paid_fen")), (-6, -250_000));
    assert_eq!(quarter.fen("/changes/0/figures/first_payment_median_s"), 900);
    assert_eq!(quarter.at("/changes/1/figures/first_payment_median_s"), Value::Null, "nobody was paid in December");

    // A case paid in October and again in November was paid first in October.
    let fire = world.sql_text("select id::text from aid_case where cause = 'fire'").await;
    let cash = json!({"payments": [{"method": "cash"}]});
    world.post(&format!("/v1/cases/{fire}/payments"), &world.clerk(STREET), &cash).once().send().await.expect(201);
    let again = format!("update entry set at = '2026-11-20' where case_id = '{fire}' and at > '2026-11-15'");
    world.sql(&again).await;
    let again = quarterly(&world, "2026-Q4", "3403").await;
    assert_eq!((again.fen("/months/1/total/first_payments"), again.fen("/months/1/total/paid_fen")), (1, 60_000));
    assert_eq!(again.fen("/quarter/total/first_payments"), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_figure_tells_of_fewer_than_five_sealed_cases() {
    let world = World::new().await;
    world.fund(STREET, 3_000_000).await;
    world.fund(OTHER_STREET, 3_000_000).await;
    world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
    let month = crate::world::today().get(..7).unwrap().to_owned();
    let cases = async |division: &str| {
        let report = monthly(&world, &world.auditor(), &month, division).await.expect(200);
        let sections = ["by_division", "by_fund", "by_lane", "by_cause"];
        let parts = sections.map(|section| {
            let lines = report.at(&format!("/{section}"));
            lines.as_array().unwrap().iter().map(|line| line["figures"]["cases"].as_i64().unwrap()).sum::<i64>()
        });
        assert!(!report.text.contains("violence") && !report.text.contains("advance"), "{}", report.text);
        (report.fen("/total/cases"), parts, report.fen("/total/paid_fen"), report.fen("/total/papers_due"))
    };
    for _ in 0..4 {
        sealed(&world, STREET).await;
        sealed(&world, OTHER_STREET).await;
    }
    let only_open = (1, [1; 4], 10_000, 0);
    for division in ["3403", "340303", STREET] {
        assert_eq!(cases(division).await, only_open, "eight in the city, but four a county: {division}");
    }
    assert_eq!(cases("340302").await, (0, [0; 4], 0, 0));

    sealed(&world, STREET).await;

    let (total, parts, paid, _) = cases("340303").await;
    assert_eq!((total, parts, paid), (6, [1; 4], 790_000), "five of a county count in its total, and nowhere else");
    assert_eq!(cases(STREET).await, only_open, "no street counts them");
    let (total, _, paid, _) = cases("3403").await;
    assert_eq!((total, paid), (6, 790_000), "the city counts the county that counts, so that nothing is left to subtract");
    assert_eq!(cases("340302").await, (0, [0; 4], 0, 0));

    // One of the five in another month: neither month counts them, nor the quarter of both.
    let one = world.sql_text("select id::text from aid_case where sealed and street = '340303001' limit 1").await;
    world.sql(&format!("update aid_case set accepted_at = accepted_at - interval '40 days' where id = '{one}'")).await;
    assert_eq!(cases("3403").await, only_open);
    world.check_invariants().await;
}
