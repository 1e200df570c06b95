//! `POST /v1/fast-track`: what is granted, in which lane, and what stays held.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{OTHER_STREET, STREET, World, account, case, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_small_case_is_paid_in_one_call() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;

    let paid = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);

    assert_eq!(paid.at("/case/state"), "paid");
    assert_eq!(paid.at("/decision/code"), "APPROVED");
    assert_eq!(paid.at("/decision/lane"), "quick");
    assert_eq!(paid.at("/fund"), json!({"id": fund, "available_fen": 1_940_000, "version": 2}));
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), 60_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_aid_waits_for_no_papers() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;

    let paid = world.fast_track(&case(STREET, 78_000)).send().await.expect(201);

    assert_eq!((paid.at("/case/completion_due"), paid.at("/case/missing")), (Value::Null, json!([])));
    assert_eq!(paid.at("/decision/binding_rule"), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_alone_grants_the_quick_cap_and_refers_the_rest() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;

    let paid = world.fast_track(&case(STREET, 78_001)).send().await.expect(201);

    assert_eq!((paid.at("/decision/code"), paid.at("/decision/lane")), (json!("APPROVED_PARTIAL"), json!("quick")));
    assert_eq!((paid.at("/decision/binding_rule"), paid.fen("/decision/granted_fen")), (json!("LIMIT_QUICK"), 78_000));
    assert_eq!(paid.at("/decision/referrals"), json!([{"to": "county", "remaining_fen": 1}]));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_countersign_opens_the_advance_lane_only_above_the_quick_cap() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;

    for (requested, lane, missing) in [(78_000, "quick", json!([])), (78_001, "advance", json!(["id_card"]))] {
        let ask = world.countersign(world.fast_track(&case(STREET, requested)), "approver-1");
        let paid = ask.send().await.expect(201);
        assert_eq!((paid.at("/decision/lane"), paid.at("/case/missing")), (json!(lane), missing), "{requested}");
        assert_eq!(paid.fen("/decision/granted_fen"), requested);
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_cap_sets_the_grant() {
    let world = World::new().await;
    let limits = json!({"case_cap_fen": 50_000, "person_year_cap_fen": 60_000, "officer_day_cap_fen": 70_000});
    world.fund_with(STREET, 2_000_000, limits).await;

    let paid = world.fast_track(&case(STREET, 78_000)).send().await.expect(201);

    assert_eq!((paid.at("/decision/binding_rule"), paid.fen("/decision/granted_fen")), (json!("LIMIT_CASE"), 50_000));
    let rules = paid.at("/decision/checks").as_array().unwrap().iter().map(|check| check["rule"].clone()).collect::<Vec<_>>();
    let order = ["LIMIT_QUICK", "LIMIT_CASE", "LIMIT_PERSON_YEAR", "LIMIT_OFFICER_DAY"];
    assert_eq!(&rules[..4], &order.map(Value::from));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_caps_the_first_in_the_order_of_the_rules_binds() {
    let caps = ["case_cap_fen", "person_year_cap_fen", "officer_day_cap_fen", "fund_day_cap_fen"];
    let rules = ["LIMIT_CASE", "LIMIT_PERSON_YEAR", "LIMIT_OFFICER_DAY", "LIMIT_FUND_DAY"];
    let world = World::new().await;
    for first in 0..4 {
        let street = format!("34030300{}", first + 1);
        let limits: serde_json::Map<_, _> = caps[first..].iter().map(|cap| ((*cap).to_owned(), json!(50_000))).collect();
        world.fund_with(&street, 2_000_000, limits.into()).await;
        let clerk = world.token(&[Role::Clerk], &street, &format!("clerk-{first}"));

        let paid = world.post("/v1/fast-track", &clerk, &case(&street, 60_000)).once().send().await.expect(201);

        assert_eq!((paid.at("/decision/binding_rule"), paid.fen("/decision/granted_fen")), (json!(rules[first]), 50_000));
    }
    let quick = "340303009";
    world.fund_with(quick, 2_000_000, json!({"case_cap_fen": 78_000})).await;
    let paid = world.fast_track(&case(quick, 100_000)).send().await.expect(201);
    assert_eq!(paid.at("/decision/binding_rule"), "LIMIT_QUICK");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_cap_is_granted() {
    let world = World::new().await;
    world.fund_with(STREET, 2_000_000, json!({"person_year_cap_fen": 100_000})).await;
    let mut body = case(STREET, 60_000);
    world.fast_track(&body).send().await.expect(201);
    body["incident"]["cause"] = json!("fire");

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!((paid.at("/decision/binding_rule"), paid.fen("/decision/granted_fen")), (json!("LIMIT_PERSON_YEAR"), 40_000));
    let checks = paid.at("/decision/checks");
    let check = checks.as_array().unwrap().iter().find(|check| check["rule"] == "LIMIT_PERSON_YEAR").unwrap();
    assert_eq!((&check["limit_fen"], &check["used_fen"]), (&json!(100_000), &json!(60_000)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_and_not_paid_stays_held_until_it_expires() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "cash", "amount_fen": 20_000}]);

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!((paid.at("/case/state"), paid.fen("/fund/available_fen")), (json!("approved"), 1_940_000));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/paid_fen"), now.fen("/held_fen")), (20_000, 40_000));
    let hold = "select (payment_id is null and expires_at > now() and amount = 40000)::text from hold";
    assert_eq!(world.sql_text(hold).await, "true");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_through_a_bank_stays_held_and_never_expires() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([{"method": "bank", "account": account(), "account_name": "测试人"}]);

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!((paid.at("/case/state"), paid.at("/payments/0/state")), (json!("paying"), json!("instructed")));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/paid_fen"), now.fen("/held_fen")), (0, 60_000));
    assert_eq!(world.sql_text("select (payment_id is not null and expires_at is null)::text from hold").await, "true");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fixed_payments_are_filled_in_order_and_those_that_get_nothing_are_left_out() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 150_000);
    body["payments"] = json!([
        {"method": "cash", "amount_fen": 50_000},
        {"method": "bank", "amount_fen": 50_000, "account": account(), "account_name": "测试人"},
        {"method": "goods"}
    ]);

    let paid = world.fast_track(&body).send().await.expect(201);

    let payments = paid.at("/payments");
    assert_eq!(payments.as_array().unwrap().len(), 2, "{payments}");
    assert_eq!((paid.fen("/payments/0/amount_fen"), paid.fen("/payments/1/amount_fen")), (50_000, 28_000));
    let number = paid.text_at("/case/number");
    assert_eq!(paid.at("/payments/1/receipt_number"), format!("{number}-2"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hospitals_are_paid_through_a_bank_and_goods_at_once() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["payments"] =
        json!([{"method": "goods", "amount_fen": 10_000}, {"method": "hospital", "hospital": "11341729003258285D"}]);

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!((paid.at("/payments/0/state"), paid.at("/payments/1/state")), (json!("paid"), json!("instructed")));
    let now = world.fund_now(&fund).await;
    assert_eq!((now.fen("/paid_fen"), now.fen("/held_fen")), (10_000, 50_000));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_of_its_own_kind_blocks_only_its_own_incident() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 30_000);
    body["incident"]["cause"] = json!("other");
    let first = world.fast_track(&body).send().await.expect(201);

    world.fast_track(&body).send().await.expect(201);

    body["incident"] = json!({"id": first.text_at("/case/incident_id")});
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_cause_is_free_again_after_its_window_and_the_same_incident_never() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 30_000);
    let first = world.fast_track(&body).send().await.expect(201);

    world.sql("update claim set day = day - 364").await;
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    world.sql("update claim set day = day - 1").await;
    world.fast_track(&body).send().await.expect(201);

    world.sql("update claim set day = day - 2000").await;
    body["incident"] = json!({"id": first.text_at("/case/incident_id")});
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_are_due_ten_working_days_after_the_end_of_the_incident() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 100_000);
    body["incident"]["occurred_at"] = json!("2026-09-25T12:00:00+08:00");
    body["incident"]["ended_on"] = json!("2026-09-30");

    let paid = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);

    // October 1 to 7 are free, Saturday the 10th is worked in exchange: 8, 9, 10, 12, 13, 14, 15, 16, 19, 20.
    assert_eq!(paid.at("/case/completion_due"), "2026-10-20");
    assert_eq!(paid.at("/case/completion_due_provisional"), false);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_announced_calendar_a_deadline_is_provisional() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    world
        .sql("delete from calendar_day; update calendar_span set known_from = current_date - 400, known_until = current_date + 5")
        .await;
    let server = world.another_server().await;

    let ask = world.fast_track_at(&server, &case(STREET, 100_000));
    let paid = world.countersign(ask, "approver-1").send().await.expect(201);

    assert_eq!(paid.at("/case/completion_due_provisional"), true);
    let text = paid.text_at("/case/number");
    let accepted = jiff::civil::Date::strptime("%Y%m%d", text.split('-').nth(2).unwrap()).unwrap();
    let due: jiff::civil::Date = paid.text_at("/case/completion_due").parse().unwrap();
    // Without announced holidays ten working days span two weekends and no less, from a weekend two days less at most.
    assert!((12..=14).contains(&accepted.until(due).unwrap().get_days()), "{}", paid.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_identity_is_helped_in_the_quick_lane() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["applicant"] = json!({"id_type": "temporary", "id_no": "ER-2026-0417", "name": "无名氏"});

    world.fast_track(&body).send().await.expect(201);

    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_one_person_under_either_name_of_the_document_and_with_a_small_x() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["applicant"]["id_no"] = json!("81000018811108295X");
    world.fast_track(&body).send().await.expect(201);

    for (id_type, number) in [("resident_id", "81000018811108295x"), ("hkmt_residence", "81000018811108295X")] {
        body["applicant"]["id_type"] = json!(id_type);
        body["applicant"]["id_no"] = json!(number);
        world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_counted_over_all_streets_of_the_city() {
    let world = World::new().await;
    for street in [STREET, OTHER_STREET] {
        world.fund_with(street, 2_000_000, json!({"person_year_cap_fen": 70_000})).await;
    }
    let mut body = case(STREET, 60_000);
    world.fast_track(&body).send().await.expect(201);
    body["division"] = json!(OTHER_STREET);
    body["incident"]["cause"] = json!("fire");

    let paid = world.fast_track(&body).send().await.expect(201);

    assert_eq!(paid.fen("/decision/granted_fen"), 10_000);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_over_counts_no_more() {
    let world = World::new().await;
    world.fund_with(STREET, 2_000_000, json!({"officer_day_cap_fen": 60_000, "fund_day_cap_fen": 60_000})).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    world.fast_track(&case(STREET, 60_000)).send().await.refused(409, "LIMIT_OFFICER_DAY");

    world.sql("update officer set day = day - 1; update fund set day = day - 1").await;

    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_what_the_call_then_does() {
    let world = World::new().await;
    world.fund_with(STREET, 100_000, json!({"case_cap_fen": 70_000})).await;
    let clerk = world.clerk(STREET);

    for requested in [60_000, 78_000] {
        let body = case(STREET, requested);
        let preview = world.post("/v1/decisions/preview", &clerk, &body).send().await.expect(200);
        let done = world.post("/v1/fast-track", &clerk, &body).once().send().await;
        for member in ["code", "lane", "granted_fen", "binding_rule", "policy_version", "checks", "referrals"] {
            let pointer = format!("/decision/{member}");
            assert_eq!(preview.at(&pointer), done.at(&pointer), "{requested} {member}: {}", done.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_that_is_stored_holds_personal_data() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let (applicant, spouse, account) = (person(), person(), account());
    let mut body = case(STREET, 60_000);
    body["applicant"] =
        json!({"id_type": "resident_id", "id_no": applicant, "name": "欧阳测试", "phone": "13800138000", "residence": "permit"});
    body["household"] = json!([{"id_type": "resident_id", "id_no": spouse, "name": "司马测试", "relation": "spouse"}]);
    body["need"] = json!("买药的钱");
    body["payments"] = json!([{"method": "bank", "account": account, "account_name": "欧阳测试"}]);
    world.fast_track(&body).send().await.expect(201);
    world.fast_track(&body).send().await.refused(409, "SAME_CAUSE");

    let kept = "select string_agg(convert_from(body, 'utf8'), '') || (select string_agg(convert_from(bytes, 'utf8'), '') from leaf) \
         || (select string_agg(question || decision || payments, '') from aid_case) from answer";
    let kept = world.sql_text(kept).await;

    for secret in [applicant.as_str(), &spouse, &account, "欧阳测试", "司马测试", "13800138000", "买药的钱", "工地"]
    {
        assert!(!kept.contains(secret), "{secret} stands in {kept}");
    }
}
