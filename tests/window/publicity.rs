//! `/v1/publicity`: whom a list names, whom it never does, how long it is shown, and what stays of it.

use jiff::ToSpan;
use jiff::civil::Date;
use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, OTHER_STREET, STREET, World, case, person, today};

/// A case of the advance lane, 800 yuan in cash: its id.
async fn granted(world: &World, street: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut body = case(street, 80_000);
    body["incident"]["cause"] = json!("fire");
    body["applicant"]["name"] = json!("欧阳测试");
    change(&mut body);
    let paid = world.countersign(world.fast_track(&body), "approver-1").send().await.expect(201);
    assert_eq!(paid.text_at("/decision/lane"), "advance");
    paid.text_at("/case/id")
}

async fn funds(world: &World) {
    world.fund(STREET, 2_000_000).await;
    world.fund(OTHER_STREET, 2_000_000).await;
}

fn days(division: &str) -> Value {
    json!({"division": division, "from": today(), "to": today()})
}

fn publish(world: &World, body: &Value) -> Ask {
    world.post("/v1/publicity", &world.finance(), body).once()
}

async fn list(world: &World, token: &str, published: &Answer) -> Answer {
    world.get(&format!("/v1/publicity/{}", published.text_at("/id")), token).await
}

async fn shown_as(world: &World, token: &str, published: &Answer, kind: &str) -> Answer {
    let ask = world.ask(reqwest::Method::GET, &format!("/v1/publicity/{}", published.text_at("/id"))).by(token);
    ask.header("accept", kind).send().await
}

async fn rows_of(world: &World, published: &Answer) -> Vec<Value> {
    list(world, &world.finance(), published).await.expect(200).at("/rows").as_array().unwrap().clone()
}

fn take_down(world: &World, published: &Answer) -> Ask {
    let path = format!("/v1/publicity/{}/take-down", published.text_at("/id"));
    world.post(&path, &world.finance(), &json!({"reason": "有异议，核实中"})).once()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_masked_name_street_lane_amount_and_day_and_nothing_else() {
    let world = World::new().await;
    funds(&world).await;
    let who = person();
    let case_id = granted(&world, STREET, |body| {
        body["applicant"] = json!({"id_type": "resident_id", "id_no": who, "name": "欧阳测试", "phone": "13800138000"});
        body["household"] = json!([{"id_type": "resident_id", "id_no": person(), "name": "司马乙", "relation": "spouse"}]);
        body["need"] = json!("过渡安置");
    })
    .await;

    let published = publish(&world, &days("340303")).send().await.expect(201);

    assert_eq!((published.fen("/cases"), published.text_at("/state")), (1, "shown".into()));
    let month_ahead: Date = today().parse::<Date>().unwrap().checked_add(30.days()).unwrap();
    assert_eq!(published.text_at("/take_down_on"), month_ahead.to_string());
    let rows = rows_of(&world, &published).await;
    let expected = json!({
        "place": 1, "name": "欧**", "street": STREET, "lane": "advance", "granted_fen": 80_000, "granted_on": today()
    });
    assert_eq!(rows, [expected]);
    let (csv, page) = (
        shown_as(&world, &world.clerk("340303"), &published, "text/csv").await,
        shown_as(&world, &world.finance(), &published, "text/html").await,
    );
    assert_eq!(csv.text, format!("place,name,street,lane,granted_fen,granted_on\n1,欧**,{STREET},advance,80000,{}\n", today()));
    for text in ["蚌埠市蚌山区民政局", "急难救助公示", "共1户", "欧**", "天桥街道", "先行救助", "800.00", "（单位公章）"]
    {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    let detail = list(&world, &world.finance(), &published).await;
    let leaves = world.sql_text("select string_agg(convert_from(bytes, 'utf8'), '') from leaf").await;
    let answers = world.sql_text("select string_agg(convert_from(body, 'utf8'), '') from answer").await;
    for secret in [&*who, "欧阳", "司马", "13800138000", "过渡", "工地", "fire", "火灾"] {
        for text in [&published.text, &detail.text, &csv.text, &page.text] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    for secret in ["欧", &who] {
        assert!(!leaves.contains(secret) && !answers.contains(secret), "{secret}");
    }
    assert!(!detail.text.contains(&case_id) && !page.text.contains(&case_id) && !page.text.contains("JJN-"));
    assert_eq!(list(&world, &world.auditor(), &published).await.text_at("/rows/0/case_id"), case_id);
    assert!(leaves.contains("publicity.published") && leaves.contains("rows_sha256"));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_sealed_violent_and_nobody_knows_how_old_are_never_published() {
    let world = World::new().await;
    funds(&world).await;
    world.fast_track(&case(STREET, 60_000)).send().await.expect(201);
    granted(&world, STREET, |body| body["sealed"] = json!(true)).await;
    granted(&world, STREET, |body| body["incident"]["cause"] = json!("violence")).await;
    granted(&world, STREET, |body| {
        body["applicant"] = json!({"id_type": "passport", "id_no": "E12345678", "name": "JOHN TEST"});
    })
    .await;
    let mut plain = case(STREET, 90_000);
    plain.as_object_mut().unwrap().remove("payments");
    world.post("/v1/cases", &world.clerk(STREET), &plain).once().send().await.expect(201);

    publish(&world, &days("3403")).send().await.refused(409, "CONFLICT");

    assert_eq!(world.count("publication").await + world.count("publication_row").await, 0);
    let open = granted(&world, OTHER_STREET, |_| {}).await;
    let published = publish(&world, &days("3403")).send().await.expect(201);
    let named = list(&world, &world.auditor(), &published).await;
    assert_eq!((named.at("/rows").as_array().unwrap().len(), named.text_at("/rows/0/case_id")), (1, open));
    world.check_invariants().await;
}

/// Somebody born on 15 June 1889, who never lived.
fn born_1889(sequence: usize) -> String {
    let head = format!("34030318890615{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{head}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minor_is_left_out_until_the_day_of_the_eighteenth_birthday() {
    let world = World::new().await;
    funds(&world).await;
    let mut spans = Vec::new();
    for days_old in [-1, 0] {
        let (who, born) = (born_1889(spans.len()), Date::constant(1889, 6, 15));
        let day = born.checked_add(18.years()).unwrap().checked_add(i64::from(days_old).days()).unwrap();
        let id = granted(&world, STREET, |body| body["applicant"]["id_no"] = json!(who)).await;
        world.sql(&format!("update aid_case set granted_on = '{day}', day = '{day}' where id = '{id}'")).await;
        spans.push((id, json!({"division": STREET, "from": day, "to": day})));
    }
    let [(_, minor), (grown_up, of_age)] = &spans[..] else { panic!() };

    publish(&world, minor).send().await.refused(409, "CONFLICT");
    let published = publish(&world, of_age).send().await.expect(201);

    assert_eq!(list(&world, &world.auditor(), &published).await.text_at("/rows/0/case_id"), *grown_up);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_published_once_and_the_next_list_has_what_is_left() {
    let world = World::new().await;
    funds(&world).await;
    granted(&world, STREET, |_| {}).await;
    let first = publish(&world, &days(STREET)).send().await.expect(201);
    granted(&world, OTHER_STREET, |_| {}).await;

    let second = publish(&world, &days("3403")).send().await.expect(201);
    publish(&world, &days("3403")).send().await.refused(409, "CONFLICT");

    let rows = rows_of(&world, &second).await;
    assert_eq!((rows.len(), &rows[0]["street"]), (1, &json!(OTHER_STREET)));
    let all = world.get("/v1/publicity", &world.auditor()).await.expect(200);
    assert_eq!((all.text_at("/items/0/id"), all.text_at("/items/1/id")), (second.text_at("/id"), first.text_at("/id")));
    let street = world.token(&[Role::Approver], STREET, "approver-9");
    let own = world.get("/v1/publicity", &street).await.expect(200);
    assert_eq!((own.at("/items").as_array().unwrap().len(), own.text_at("/items/0/id")), (1, first.text_at("/id")));
    list(&world, &street, &second).await.refused(404, "NOT_FOUND");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_publishes_once_and_two_at_once_share_nothing() {
    let world = World::new().await;
    let other = world.another_server().await;
    funds(&world).await;
    for _ in 0..3 {
        granted(&world, STREET, |_| {}).await;
    }
    let ask = publish(&world, &days(STREET));
    let (one, two) = tokio::join!(ask.clone().send(), ask.clone().at(&other).send());
    let (one, two) = (one.expect(201), two.expect(201));
    assert_eq!(one.text, two.text);
    let again = ask.clone().send().await.expect(201);
    assert_eq!((&again.text, again.headers.get("idempotent-replayed").unwrap().to_str().unwrap()), (&one.text, "true"));
    assert_eq!((world.count("publication").await, world.count("publication_row").await), (1, 3));

    for _ in 0..2 {
        granted(&world, STREET, |_| {}).await;
    }
    let ask = publish(&world, &days(STREET));
    let (one, two) = tokio::join!(ask.clone().send(), ask.once_more().at(&other).send());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text, two.text);
    assert_eq!((world.count("publication").await, world.count("publication_row").await), (2, 5));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_down_is_shown_to_auditors_only() {
    let world = World::new().await;
    let other = world.another_server().await;
    funds(&world).await;
    granted(&world, STREET, |_| {}).await;
    let published = publish(&world, &days(STREET)).send().await.expect(201);
    let elsewhere = world.token(&[Role::Approver], OTHER_STREET, "approver-9");
    let path = format!("/v1/publicity/{}/take-down", published.text_at("/id"));
    world.post(&path, &elsewhere, &json!({"reason": "x"})).once().send().await.refused(404, "NOT_FOUND");

    let ask = take_down(&world, &published);
    let (one, two) = tokio::join!(ask.clone().send(), ask.clone().once_more().at(&other).send());
    assert_eq!([one.status, two.status].iter().filter(|status| **status == 200).count(), 1, "{} {}", one.text, two.text);
    let (done, replayed) = if one.status == 200 { (one, ask.send().await) } else { (two, one) };
    assert_eq!((done.text_at("/state"), done.text_at("/taken_down_by")), ("taken_down".into(), "finance-1".into()));
    if replayed.status == 200 {
        assert_eq!(replayed.text, done.text);
    }
    take_down(&world, &published).send().await.refused(409, "CONFLICT");

    let gone = list(&world, &world.finance(), &published).await.expect(200);
    assert_eq!((gone.text_at("/state"), gone.at("/rows")), ("taken_down".into(), json!([])));
    assert_eq!(shown_as(&world, &world.finance(), &published, "text/csv").await.text.lines().count(), 1);
    let page = shown_as(&world, &world.auditor(), &published, "text/html").await;
    assert!(page.text.contains("已撤下") && !page.text.contains("欧**") && !page.text.contains("共1户"), "{}", page.text);
    assert_eq!(list(&world, &world.auditor(), &published).await.text_at("/rows/0/name"), "欧**");
    let leaves = world.sql_text("select string_agg(convert_from(bytes, 'utf8'), '') from leaf").await;
    assert!(leaves.contains("publicity.taken_down") && leaves.contains("publicity.seen") && !leaves.contains("有异议"));
    // Taken down or not: it was published once.
    publish(&world, &days(STREET)).send().await.refused(409, "CONFLICT");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_ends_with_its_day_by_the_clock_of_the_database() {
    let world = World::new().await;
    funds(&world).await;
    granted(&world, STREET, |_| {}).await;
    let mut body = days(STREET);
    for wrong in [today(), "2020-01-01".into(), "2999-01-01".into(), "9999-12-31".into()] {
        body["take_down_on"] = json!(wrong);
        publish(&world, &body).send().await.refused(400, "VALIDATION");
    }
    let tomorrow = today().parse::<Date>().unwrap().tomorrow().unwrap();
    body["take_down_on"] = json!(tomorrow);
    let published = publish(&world, &body).send().await.expect(201);
    assert_eq!(rows_of(&world, &published).await.len(), 1, "shown until midnight");

    world.sql(&format!("update publication set published_at = now() - interval '9 days', take_down_on = '{}'", today())).await;

    let over = list(&world, &world.finance(), &published).await.expect(200);
    assert_eq!((over.text_at("/state"), over.at("/rows")), ("taken_down".into(), json!([])));
    take_down(&world, &published).send().await.refused(409, "CONFLICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_sealed_later_disappears_and_its_number_stays_for_auditors() {
    let world = World::new().await;
    funds(&world).await;
    let hidden = granted(&world, STREET, |body| body["applicant"]["name"] = json!("端木甲")).await;
    granted(&world, STREET, |_| {}).await;
    let published = publish(&world, &days(STREET)).send().await.expect(201);
    assert_eq!(rows_of(&world, &published).await.len(), 2);

    world.sql(&format!("update aid_case set sealed = true where id = '{hidden}'")).await;

    for kind in ["application/json", "text/csv", "text/html"] {
        let shown = shown_as(&world, &world.finance(), &published, kind).await.expect(200);
        assert!(!shown.text.contains("端") && shown.text.contains("欧**"), "{}", shown.text);
        assert!(!shown.text.contains("withheld"), "{}", shown.text);
    }
    let seen = list(&world, &world.finance(), &published).await;
    assert_eq!((seen.fen("/cases"), seen.fen("/rows/0/place")), (1, 1), "no gap tells of it");
    assert_eq!(world.get("/v1/publicity", &world.finance()).await.fen("/items/0/cases"), 1);
    let audited = list(&world, &world.auditor(), &published).await;
    assert_eq!((audited.at("/rows").as_array().unwrap().len(), audited.text_at("/withheld/0/case_id")), (1, hidden));
    assert!(audited.text_at("/withheld/0/number").starts_with("JJN-340303001-") && !audited.text.contains("端"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_be_cut_off_from_what_was_published() {
    let world = World::new().await;
    funds(&world).await;
    granted(&world, STREET, |_| {}).await;
    let published = publish(&world, &days(STREET)).send().await.expect(201);
    let stored = world.sql_text("select encode(name, 'hex') from publication_row").await;
    assert!(!stored.contains(&hex::encode("欧")), "sealed at rest");

    world.sql("update publication_row set name = ''").await;

    let rows = rows_of(&world, &published).await;
    assert_eq!((&rows[0]["name"], &rows[0]["granted_fen"]), (&json!("***"), &json!(80_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_is_a_month_or_two_days_in_order() {
    let world = World::new().await;
    for (wrong, pointer) in [
        (json!({}), "/month"),
        (json!({"month": "2026-11", "from": "2026-11-01"}), "/month"),
        (json!({"month": "2026-11", "from": "2026-11-01", "to": "2026-11-02"}), "/month"),
        (json!({"from": "2026-11-01"}), "/to"),
        (json!({"to": "2026-11-01"}), "/from"),
        (json!({"from": "2026-11-02", "to": "2026-11-01"}), "/to"),
        (json!({"from": "2026-01-01", "to": "2027-01-02"}), "/to"),
        (json!({"from": "1000-01-01", "to": "1000-01-02"}), "/from"),
        (json!({"from": "-009999-01-01", "to": "2026-01-02"}), "/from"),
        (json!({"month": "2026-13"}), "/month"),
        (json!({"month": 202611}), "/month"),
    ] {
        let mut body = wrong.clone();
        body["division"] = json!(STREET);
        let refused = publish(&world, &body).send().await.refused(400, "VALIDATION");
        assert_eq!(refused.text_at("/errors/0/pointer"), pointer, "{wrong}");
    }
    for fits in [json!({"month": "2026-11"}), json!({"from": "2026-01-01", "to": "2026-12-31"})] {
        let mut body = fits;
        body["division"] = json!(STREET);
        publish(&world, &body).send().await.refused(409, "CONFLICT");
    }
    let foreign = world.token(&[Role::Finance], "340302", "finance-9");
    world.post("/v1/publicity", &foreign, &days(STREET)).once().send().await.refused(404, "NOT_FOUND");
    world.post("/v1/publicity", &foreign, &days("3403")).once().send().await.refused(404, "NOT_FOUND");
    let nothing = format!("/v1/publicity/{}", uuid::Uuid::now_v7());
    world.get(&nothing, &world.finance()).await.refused(404, "NOT_FOUND");
}
