//! `POST /v1/fast-track` that is refused: a decision in writing, recorded and final for its key, that moves nothing.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case, person};

/// Sends a request that a rule refuses, and checks what must and must not be there afterwards.
async fn refused(world: &World, fund: &str, ask: Ask, code: &str) -> Answer {
    let (before, version) = (world.counts().await, world.fund_now(fund).await.fen("/version"));

    let refused = ask.clone().send().await.refused(409, code);

    assert_eq!((refused.at("/decision/code"), refused.at("/decision/binding_rule")), (json!(code), json!(code)));
    assert_eq!(refused.fen("/decision/granted_fen"), 0);
    assert_eq!((refused.fen("/fund/version"), refused.at("/fund/id")), (version, json!(fund)));
    assert_eq!((refused.at("/status"), refused.at("/retryable")), (json!(409), json!(false)));
    assert_eq!(refused.at("/type"), format!("urn:jiujinan:problem:{}", code.to_lowercase().replace('_', "-")));
    let id = refused.text_at("/case_id");
    let case = format!("select state || ' ' || code || ' ' || granted from aid_case where id = '{id}'");
    assert_eq!(world.sql_text(&case).await, format!("refused {code} 0"));
    let after = world.counts().await;
    for table in ["entry", "claim", "hold", "fund", "person", "officer"] {
        assert_eq!(after[table], before[table], "{table}");
    }
    for table in ["aid_case", "answer", "leaf"] {
        assert_eq!(after[table], before[table] + 1, "{table}");
    }
    assert_eq!(world.fund_now(fund).await.fen("/version"), version);

    let again = ask.send().await;
    assert_eq!((again.status, &again.text), (409, &refused.text));
    assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true");
    assert_eq!(world.counts().await, after);
    world.check_invariants().await;
    refused
}

/// Sets something in the row of the person who was helped with a case.
async fn person_of(world: &World, paid: &Answer, set: &str) {
    let id = paid.text_at("/case/id");
    world.sql(&format!("update person set {set} where person = (select person from aid_case where id = '{id}')")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_no_more_than_the_year_allows() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"person_year_cap_fen": 60_000})).await;
    let mut body = case(STREET, 60_000);
    world.fast_track(&body).send().await.expect(201);
    body["incident"]["cause"] = json!("fire");

    refused(&world, &fund, world.fast_track(&body), "LIMIT_PERSON_YEAR").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_grants_no_more_than_the_day_allows() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"officer_day_cap_fen": 60_000})).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);

    refused(&world, &fund, world.fast_track(&case(STREET, 1)), "LIMIT_OFFICER_DAY").await;

    let colleague = world.token(&[Role::Clerk], STREET, "clerk-2");
    world.post("/v1/fast-track", &colleague, &case(STREET, 60_000)).once().send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fund_grants_no_more_than_its_day_allows() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"fund_day_cap_fen": 60_000})).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let colleague = world.token(&[Role::Clerk], STREET, "clerk-2");

    let ask = world.post("/v1/fast-track", &colleague, &case(STREET, 1)).once();

    refused(&world, &fund, ask, "LIMIT_FUND_DAY").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fund_whose_cases_may_have_nothing_grants_nothing() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"case_cap_fen": 0})).await;

    let refused = refused(&world, &fund, world.fast_track(&case(STREET, 60_000)), "LIMIT_CASE").await;

    assert_eq!(refused.at("/decision/referrals"), json!([{"to": "county", "remaining_fen": 60_000}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_has_a_limit_even_with_two_signatures() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let ask = world.countersign(world.fast_track(&case(STREET, 200_001)), "approver-1");

    refused(&world, &fund, ask, "LIMIT_CASH").await;

    let most = world.countersign(world.fast_track(&case(STREET, 200_000)), "approver-1");
    most.send().await.expect(201);
    let mut parts = case(STREET, 300_000);
    parts["payments"] = json!([{"method": "cash", "amount_fen": 150_000}, {"method": "cash", "amount_fen": 150_000}]);
    world.countersign(world.fast_track(&parts), "approver-1").send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_above_its_line_needs_a_second_signature() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let line = [("second_signature_above_fen = 78000", "second_signature_above_fen = 50000")];
    let server = world.server_with_rules(STREET, &line).await;

    let ask = world.fast_track_at(&server, &case(STREET, 50_001));
    let answer = refused(&world, &fund, ask, "SECOND_SIGNATURE_REQUIRED").await;

    assert_eq!(answer.at("/decision/policy_version"), "test");
    world.fast_track_at(&server, &case(STREET, 50_000)).send().await.expect(201);
    let signed = world.countersign(world.fast_track_at(&server, &case(STREET, 50_001)), "approver-1");
    signed.send().await.expect(201);
    let mut transfer = case(STREET, 60_000);
    transfer["payments"] = json!([{"method": "bank", "account": "6217000000000001", "account_name": "测试人"}]);
    world.fast_track_at(&server, &transfer).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_fund_pays_no_part_by_itself() {
    let world = World::new().await;
    let fund = world.fund(STREET, 77_999).await;

    let answer = refused(&world, &fund, world.fast_track(&case(STREET, 100_000)), "FUND_INSUFFICIENT").await;

    let options = answer.at("/decision/options");
    let kinds: Vec<_> = options.as_array().unwrap().iter().map(|option| option["kind"].clone()).collect();
    assert_eq!(kinds, ["partial_now", "pool_loan", "goods", "urgent_topup"]);
    // The fund is compared with the lowest of the caps, not with what was asked for.
    assert_eq!((&options[0]["amount_fen"], &options[0]["queued_fen"]), (&json!(77_999), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_fund_offers_no_part_payment() {
    let world = World::new().await;
    let fund = world.fund(STREET, 0).await;

    let answer = refused(&world, &fund, world.fast_track(&case(STREET, 60_000)), "FUND_INSUFFICIENT").await;

    let options = answer.at("/decision/options");
    assert!(options.as_array().unwrap().iter().all(|option| option["kind"] != "partial_now"), "{options}");
    assert_eq!(options.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_floor_of_a_fund_is_not_spent() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 100_000, json!({"floor_fen": 40_001})).await;

    let answer = refused(&world, &fund, world.fast_track(&case(STREET, 60_000)), "FUND_INSUFFICIENT").await;

    assert_eq!(answer.fen("/fund/available_fen"), 59_999);
    world.fast_track(&case(STREET, 59_999)).send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_fund_pays_nothing() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let reason = json!({"reason": "盘点"});
    let set = |verb: &str| world.post(&format!("/v1/funds/{fund}/{verb}"), &world.finance(), &reason).once();
    set("freeze").send().await.expect(200);

    refused(&world, &fund, world.fast_track(&case(STREET, 60_000)), "FUND_FROZEN").await;

    set("unfreeze").send().await.expect(200);
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_are_compared_before_the_state_of_the_fund() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 2_000_000, json!({"case_cap_fen": 0})).await;
    let freeze = json!({"reason": "盘点"});
    world.post(&format!("/v1/funds/{fund}/freeze"), &world.finance(), &freeze).once().send().await.expect(200);

    refused(&world, &fund, world.fast_track(&case(STREET, 60_000)), "LIMIT_CASE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_member_of_a_household_blocks_the_same_cause_in_every_street() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let fund = world.fund(OTHER_STREET, 2_000_000).await;
    let grandmother = person();
    let mut first = case(STREET, 60_000);
    first["household"] = json!([{"id_type": "resident_id", "id_no": grandmother, "name": "祖母", "relation": "grandmother"}]);
    let paid = world.fast_track(&first).send().await.expect(201);
    let mut second = case(OTHER_STREET, 60_000);
    second["household"] = first["household"].clone();

    let answer = refused(&world, &fund, world.fast_track(&second), "SAME_CAUSE").await;

    assert_eq!(answer.at("/decision/conflict"), json!({"number": paid.at("/case/number"), "division": STREET}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lasting_epidemic_is_helped_twice_a_year() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 30_000);
    body["incident"]["cause"] = json!("epidemic");
    world.fast_track(&body).send().await.expect(201);
    world.fast_track(&body).send().await.expect(201);

    refused(&world, &fund, world.fast_track(&body), "REPEAT_LIMIT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_may_ask_for_a_residence() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let residence = [(r#"residence = ["registered", "permit", "none"]"#, r#"residence = ["registered", "permit"]"#)];
    let server = world.server_with_rules("340303", &residence).await;
    let mut body = case(STREET, 60_000);
    body["applicant"]["residence"] = json!("none");

    let answer = refused(&world, &fund, world.fast_track_at(&server, &body), "OUT_OF_PLACE").await;

    assert_eq!(answer.at("/decision/referrals/0/to"), "relief_station");
    body["applicant"]["residence"] = json!("permit");
    world.fast_track_at(&server, &body).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_scheme_covers_is_sent_there() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let scheme = [("[units.county]", "[other_scheme]\naccident = \"pension_office\"\n\n[units.county]")];
    let server = world.server_with_rules(STREET, &scheme).await;

    let answer = refused(&world, &fund, world.fast_track_at(&server, &case(STREET, 60_000)), "OTHER_SCHEME").await;

    assert_eq!(answer.at("/decision/referrals"), json!([{"to": "pension_office", "remaining_fen": 60_000}]));
    assert_eq!(answer.at("/decision/lane"), "other_scheme");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_causes_are_for_the_county() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let county = [("overall_multiple = \"10\"", "overall_multiple = \"10\"\ncounty_causes = [\"accident\"]")];
    let server = world.server_with_rules(STREET, &county).await;

    let answer = refused(&world, &fund, world.fast_track_at(&server, &case(STREET, 60_000)), "NEEDS_COUNTY").await;

    assert_eq!((answer.at("/decision/lane"), answer.at("/decision/referrals/0/to")), (json!("county"), json!("county")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_case_in_the_way_is_not_betrayed() {
    let world = World::new().await;
    world.fund(OTHER_STREET, 2_000_000).await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut hidden = case(OTHER_STREET, 60_000);
    hidden["sealed"] = json!(true);
    hidden["incident"]["cause"] = json!("violence");
    let paid = world.fast_track(&hidden).send().await.expect(201);
    let mut asked = hidden.clone();
    asked["division"] = json!(STREET);
    asked["sealed"] = json!(false);

    let answer = refused(&world, &fund, world.fast_track(&asked), "REVIEW_REQUIRED").await;

    assert_eq!(answer.at("/decision/conflict"), Value::Null);
    let clerk = world.clerk(STREET);
    let preview = world.post("/v1/decisions/preview", &clerk, &asked).send().await.expect(200);
    assert_eq!(preview.at("/decision/code"), "REVIEW_REQUIRED");
    for secret in [paid.text_at("/case/number"), paid.text_at("/case/id"), OTHER_STREET.into(), "SAME_CAUSE".into()] {
        assert!(!answer.text.contains(&secret) && !preview.text.contains(&secret), "{secret}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dead_and_the_barred_are_not_helped() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    for (set, code) in [("deceased_on = current_date - 1", "DECEASED"), ("barred_until = current_date + 1", "BARRED")] {
        let mut body = case(STREET, 30_000);
        let paid = world.fast_track(&body).send().await.expect(201);
        person_of(&world, &paid, set).await;
        body["incident"]["cause"] = json!("fire");

        refused(&world, &fund, world.fast_track(&body), code).await;

        person_of(&world, &paid, "deceased_on = null, barred_until = current_date - 2").await;
        world.fast_track(&body).send().await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_identity_gets_no_advance() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 100_000);
    body["applicant"] = json!({"id_type": "temporary", "id_no": "ER-2026-0417", "name": "无名氏"});

    let ask = world.countersign(world.fast_track(&body), "approver-1");

    refused(&world, &fund, ask, "ID_TEMPORARY").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_countersigns_is_another_person() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    for requested in [60_000, 100_000] {
        let ask = world.countersign(world.fast_track(&case(STREET, requested)), "clerk-1");
        refused(&world, &fund, ask, "SAME_PERSON_SIGNED").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_rule_in_the_order_of_the_rules_refuses() {
    let world = World::new().await;
    let fund = world.fund_with(STREET, 60_000, json!({"case_cap_fen": 60_000})).await;
    let mut body = case(STREET, 60_000);
    let paid = world.fast_track(&body).send().await.expect(201);

    // The fund is empty, the cause is used up and the person is barred.
    refused(&world, &fund, world.fast_track(&body), "SAME_CAUSE").await;
    person_of(&world, &paid, "barred_until = current_date + 1").await;
    refused(&world, &fund, world.fast_track(&body), "BARRED").await;
    body["applicant"]["id_no"] = json!(person());
    refused(&world, &fund, world.fast_track(&body), "FUND_INSUFFICIENT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_printed_with_fact_basis_remedy_and_referral() {
    let world = World::new().await;
    world.fund(STREET, 1_000).await;
    let body = case(STREET, 60_000);

    let chinese = world.fast_track(&body).send().await.refused(409, "FUND_INSUFFICIENT");
    let english = world.fast_track(&body).header("accept-language", "en-GB, zh;q=0.5").send().await;

    assert_eq!(chinese.at("/title"), "备用金余额不足");
    let printed = chinese.text_at("/detail");
    assert!(printed.starts_with("未予救助:备用金余额不足"), "{printed}");
    assert!(printed.contains("600.00") && printed.contains("10.00"), "{printed}");
    assert!(printed.contains("。依据:关于进一步加强和改进临时救助工作的意见(民发〔2018〕23号)。"), "{printed}");
    assert!(printed.contains("如不服,可依法申请行政复议或提起行政诉讼。"), "{printed}");
    assert!(printed.ends_with("已转介:县区民政局。"), "{printed}");
    assert_eq!(english.at("/title"), "the fund has not enough left");
    let printed = english.text_at("/detail");
    assert!(printed.is_ascii() && printed.contains("Minfa 2018") && printed.contains("administrative review"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_refusal_keeps_the_language_of_the_first_caller() {
    let world = World::new().await;
    world.fund(STREET, 0).await;
    let ask = world.fast_track(&case(STREET, 60_000));
    let first = ask.clone().header("accept-language", "en").send().await.refused(409, "FUND_INSUFFICIENT");

    let again = ask.header("accept-language", "zh").send().await;

    assert_eq!(again.text, first.text);
}
