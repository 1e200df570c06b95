//! `GET /v1/cases`: who sees what of which case, and lists.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, OTHER_STREET, STREET, World, account, case, person};

/// A family whose data nobody should see without need.
pub struct Family {
    pub applicant: String,
    pub spouse: String,
    account: String,
}

impl Family {
    pub fn new() -> Self {
        Self { applicant: person(), spouse: person(), account: account() }
    }

    pub fn case(&self, street: &str) -> Value {
        let mut body = case(street, 60_000);
        body["applicant"] = json!({
            "id_type": "resident_id", "id_no": self.applicant, "name": "欧阳测试", "phone": "13800138000", "residence": "permit"
        });
        body["household"] = json!([{"id_type": "resident_id", "id_no": self.spouse, "name": "司马测试", "relation": "spouse"}]);
        body["need"] = json!("买药的钱");
        body["payments"] = json!([{"method": "bank", "account": self.account, "account_name": "欧阳测试"}]);
        body
    }
}

async fn seen_by(world: &World, role: Role, case: &Answer) -> Answer {
    let token = world.token(&[role], STREET, "reader-1");
    world.get(&format!("/v1/cases/{}", case.text_at("/case/id")), &token).await
}

pub fn numbers(list: &Answer) -> Vec<String> {
    let items = list.at("/items");
    items.as_array().unwrap().iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
}

/// Reads leaves by kind.
async fn leaves(world: &World, kind: &str) -> i64 {
    let kind = format!("select count(*)::text from leaf where convert_from(bytes, 'utf8') like '%\"kind\":\"{kind}\"%'");
    world.sql_text(&kind).await.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_read_as_it_was_decided() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let paid = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1").send().await.expect(201);

    let seen = seen_by(&world, Role::Clerk, &paid).await.expect(200);

    for member in ["id", "number", "state", "incident_id", "completion_due", "completion_due_provisional", "missing"] {
        assert_eq!(seen.at(&format!("/{member}")), paid.at(&format!("/case/{member}")), "{member}");
    }
    for member in ["code", "lane", "granted_fen", "checks", "binding_rule", "policy_version", "referrals"] {
        assert_eq!(seen.at(&format!("/decision/{member}")), paid.at(&format!("/decision/{member}")), "{member}");
    }
    assert_eq!(seen.at("/payments"), paid.at("/payments"));
    assert_eq!((seen.at("/fund_id"), seen.at("/cause"), seen.at("/division")), (json!(fund), json!("accident"), json!(STREET)));
    assert_eq!((seen.at("/handler"), seen.at("/approver")), (json!("clerk-1"), json!("approver-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_handle_a_case_see_all_but_the_account() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let paid = world.fast_track(&family.case(STREET)).send().await.expect(201);

    for role in [Role::Clerk, Role::Approver] {
        let seen = seen_by(&world, role, &paid).await.expect(200);
        for clear in [&family.applicant, &family.spouse, "欧阳测试", "司马测试", "13800138000", "买药的钱", "spouse", "permit"]
        {
            assert!(seen.text.contains(clear), "{role:?} needs {clear}: {}", seen.text);
        }
        assert!(!seen.text.contains(&family.account), "{role:?}: {}", seen.text);
        assert!(seen.text.contains(&family.account[family.account.len() - 4..]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cashier_sees_the_name_and_nothing_more() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let paid = world.fast_track(&family.case(STREET)).send().await.expect(201);

    let seen = seen_by(&world, Role::Cashier, &paid).await.expect(200);

    assert!(seen.text.contains("欧阳测试"), "{}", seen.text);
    for secret in [&family.applicant, &family.spouse, &family.account, "13800138000", "买药的钱"] {
        assert!(!seen.text.contains(secret), "{secret}: {}", seen.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn finance_and_auditors_see_nobody_in_clear() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let paid = world.fast_track(&family.case(STREET)).send().await.expect(201);

    for role in [Role::Finance, Role::Auditor] {
        let seen = seen_by(&world, role, &paid).await.expect(200);
        assert_eq!(seen.fen("/granted_fen"), 60_000);
        for secret in [&family.applicant, &family.spouse, &family.account, "欧阳测试", "司马测试", "13800138000", "买药的钱"]
        {
            assert!(!seen.text.contains(secret), "{role:?} {secret}: {}", seen.text);
        }
    }
    for role in [Role::Hospital, Role::Admin] {
        seen_by(&world, role, &paid).await.refused(403, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_at_people_is_recorded_and_tells_nothing_of_them() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let paid = world.fast_track(&family.case(STREET)).send().await.expect(201);
    let (clerk, id) = (world.clerk(STREET), paid.text_at("/case/id"));
    let before = world.counts().await;

    world.get(&format!("/v1/cases/{id}"), &clerk).await.expect(200);
    world.get("/v1/cases", &clerk).await.expect(200);
    let search = json!({"id_type": "resident_id", "id_no": family.applicant});
    world.post("/v1/cases/search", &clerk, &search).send().await.expect(200);

    assert_eq!(leaves(&world, "case.seen").await, 3);
    let after = world.counts().await;
    for (table, rows) in &after {
        let more = if table == "leaf" || table == "pending_leaf" { 3 } else { 0 };
        assert_eq!(*rows, before[table] + more, "{table}");
    }
    let seen =
        "select string_agg(convert_from(bytes, 'utf8'), ' ') from leaf where convert_from(bytes, 'utf8') like '%case.seen%'";
    let seen = world.sql_text(seen).await;
    assert!(seen.contains(&id) && seen.contains("clerk-1"), "{seen}");
    assert!(!seen.contains(&family.applicant), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_outside_the_scope_is_not_found() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let paid = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let path = format!("/v1/cases/{}", paid.text_at("/case/id"));

    let foreign = world.get(&path, &world.clerk(OTHER_STREET)).await.refused(404, "NOT_FOUND");
    let nothing = format!("/v1/cases/{}", uuid::Uuid::now_v7());
    let nothing = world.get(&nothing, &world.clerk(OTHER_STREET)).await.refused(404, "NOT_FOUND");

    assert_eq!((foreign.at("/detail"), foreign.at("/title")), (nothing.at("/detail"), nothing.at("/title")));
    world.get(&path, &world.token(&[Role::Auditor], "340303", "auditor-2")).await.expect(200);
    world.get(&path, &world.token(&[Role::Auditor], "340302", "auditor-3")).await.refused(404, "NOT_FOUND");
    world.get(&path, &world.token(&[Role::Auditor], "3401", "auditor-4")).await.refused(404, "NOT_FOUND");
    for path in ["/v1/cases/1", "/v1/cases/00000000000000000000000000000000", "/v1/cases/%00", "/v1/cases/x'--"] {
        world.get(path, &world.clerk(STREET)).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_case_exists_for_its_own_officers_and_auditors() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let mut body = family.case(STREET);
    body["sealed"] = json!(true);
    let paid = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);
    let path = format!("/v1/cases/{}", paid.text_at("/case/id"));

    let husband = world.token(&[Role::Clerk, Role::Approver, Role::Finance], STREET, "clerk-2");
    world.get(&path, &husband).await.refused(404, "NOT_FOUND");
    assert_eq!(leaves(&world, "access.denied").await, 1, "the try is recorded");

    world.get(&path, &world.clerk(STREET)).await.expect(200);
    world.get(&path, &world.token(&[Role::Approver], "3403", "approver-1")).await.expect(200);
    world.get(&path, &world.auditor()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_case_is_in_no_list_and_found_by_nobody() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let mut body = family.case(STREET);
    body["sealed"] = json!(true);
    let paid = world.fast_track(&body).send().await.expect(201);

    for token in [world.clerk(STREET), world.auditor(), world.finance()] {
        assert_eq!(numbers(&world.get("/v1/cases", &token).await.expect(200)), [""; 0]);
        for search in [
            json!({"number": paid.at("/case/number")}),
            json!({"id_type": "resident_id", "id_no": family.applicant}),
            json!({"id_type": "resident_id", "id_no": family.spouse}),
            json!({"code": "APPROVED"}),
            json!({}),
        ] {
            let found = world.post("/v1/cases/search", &token, &search).send().await.expect(200);
            assert_eq!(numbers(&found), [""; 0], "{search}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_refusal_is_hidden_as_well() {
    let world = World::new().await;
    world.fund(STREET, 0).await;
    let mut body = case(STREET, 60_000);
    body["sealed"] = json!(true);
    let refused = world.fast_track(&body).send().await.refused(409, "FUND_INSUFFICIENT");
    let colleague = world.token(&[Role::Clerk], STREET, "clerk-2");

    assert_eq!(numbers(&world.get("/v1/cases", &colleague).await), [""; 0]);
    world.get(&format!("/v1/cases/{}", refused.text_at("/case_id")), &colleague).await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_listed_the_newest_first_page_by_page_and_masked() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    world.fast_track(&family.case(STREET)).send().await.expect(201);
    for _ in 0..4 {
        world.fast_track(&case(STREET, 1_000)).send().await.expect(201);
    }

    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = world.get(&format!("/v1/cases?limit=2{cursor}"), &world.clerk(STREET)).await.expect(200);
        for secret in [&family.applicant, &family.account, "欧阳测试", "13800138000"] {
            assert!(!page.text.contains(secret), "{secret}: {}", page.text);
        }
        seen.extend(numbers(&page).iter().map(|number| number[number.len() - 4..].to_owned()));
        pages += 1;
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }

    assert_eq!((seen, pages), (["0005", "0004", "0003", "0002", "0001"].map(str::to_owned).to_vec(), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered() {
    let world = World::new().await;
    world.fund(STREET, 400_000).await;
    world.fund(OTHER_STREET, 2_000_000).await;
    let quick = world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    let advance = world.countersign(world.fast_track(&case(STREET, 100_000)), "approver-1").send().await.expect(201);
    let refused = world.countersign(world.fast_track(&case(STREET, 290_000)), "approver-2").send().await;
    let refused = refused.refused(409, "FUND_INSUFFICIENT");
    let foreign = world.fast_track(&case(OTHER_STREET, 60_000)).send().await.expect(201);
    let number = |answer: &Answer| answer.text_at("/case/number") + &answer.text_at("/case_number");
    let (quick, advance_number, refused, foreign) = (number(&quick), number(&advance), number(&refused), number(&foreign));
    let today = |shift: i32| format!("select ((now() at time zone 'Asia/Shanghai')::date + {shift})::text");
    let (today, tomorrow) = (world.sql_text(&today(0)).await, world.sql_text(&today(1)).await);
    let due = advance.text_at("/case/completion_due");
    let incident = advance.text_at("/case/incident_id");

    for (query, expected) in [
        ("", vec![&foreign, &refused, &advance_number, &quick]),
        ("?division=340303", vec![&refused, &advance_number, &quick]),
        ("?division=340303001", vec![&refused, &advance_number, &quick]),
        ("?division=340302001", vec![&foreign]),
        ("?state=paid", vec![&foreign, &advance_number, &quick]),
        ("?state=refused", vec![&refused]),
        ("?state=expired", vec![]),
        ("?lane=advance", vec![&refused, &advance_number]),
        ("?lane=quick&division=340303", vec![&quick]),
        (&format!("?incident={incident}"), vec![&advance_number]),
        ("?officer=approver-1", vec![&advance_number]),
        ("?officer=clerk-1&state=refused", vec![&refused]),
        ("?officer=clerk-9", vec![]),
        (&format!("?accepted_from={today}&accepted_to={today}&division=340302"), vec![&foreign]),
        (&format!("?accepted_from={tomorrow}"), vec![]),
        ("?accepted_to=2020-01-01", vec![]),
        (&format!("?due_before={due}"), vec![]),
        ("?due_before=2999-01-01", vec![&advance_number]),
    ] {
        let list = world.get(&format!("/v1/cases{query}"), &world.auditor()).await.expect(200);
        assert_eq!(numbers(&list).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let mine = world.get("/v1/cases?division=340303", &world.clerk(STREET)).await.expect(200);
    assert_eq!(numbers(&mine).len(), 3, "a wider division shows no more than the scope");
    world.get("/v1/cases?division=340302001", &world.clerk(STREET)).await.refused(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_are_none_are_refused() {
    let world = World::new().await;
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "cursor=%00",
        "cursor=AAAA",
        "state=lost",
        "lane=slow",
        "incident=1",
        "division=1",
        "accepted_from=yesterday",
        "accepted_to=2026-02-30",
        "due_before=",
        "id_no=340303188003041985",
        "state=paid&state=paid",
        "accepted_from=0001-01-01",
        "accepted_to=9999-12-31",
    ] {
        let wrong = world.get(&format!("/v1/cases?{query}"), &world.clerk(STREET)).await.refused(400, "VALIDATION");
        let name = query.split('=').next().unwrap();
        assert_eq!(wrong.at("/errors/0/pointer"), format!("/{name}"), "{query}: {}", wrong.text);
    }
}
