//! Deposit waivers: what hospitals are told, and what is promised for a stay.

use jiujinan::actor::Role;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, Server, World, person, until};

/// Two hospitals of the city.
pub const HOSPITAL: &str = "11341729003258285D";
const OTHER_HOSPITAL: &str = "11430682006378338L";

/// A hospital in the city: 1 900.00 for others, as in S5; discounts as in S6.
pub async fn hospital(world: &World, code: &str) -> String {
    let body = json!({
        "name": "蚌埠某医院", "division": "340303",
        "discounts": {"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30},
        "deposits": {"default": 190_000, "K35": 250_000}
    });
    let admin = world.token(&[Role::Admin], "3403", "admin-1");
    world.ask(reqwest::Method::PUT, &format!("/v1/hospitals/{code}")).by(&admin).json(&body).send().await.expect(201);
    let token = world.billing("3403", code);
    // Every server knows it within a second.
    until("the hospital is known", async || ask(world, &token, &nobody()).send().await.text_at("/answer") == "NOT_ON_ROSTER")
        .await;
    token
}

/// The roster of the city is these people: number and name.
pub async fn roster(world: &World, people: &[(&str, &str)]) -> Answer {
    let lines = people.iter().map(|(number, name)| format!("resident_id,{number},{name},dibao,H-{number},2026-01-01,\n"));
    let csv = format!("id_type,id_no,name,category,household,valid_from,valid_to\n{}", lines.collect::<String>());
    let admin = world.token(&[Role::Admin], "3403", "admin-1");
    let import = world.ask(reqwest::Method::POST, "/v1/roster/imports?mode=full").by(&admin).bytes(csv.into_bytes());
    import.header("content-type", "text/csv; charset=utf-8").once().send().await.expect(201)
}

fn nobody() -> Value {
    asked(&person(), "无名氏")
}

pub fn asked(number: &str, name: &str) -> Value {
    json!({"id_type": "resident_id", "id_no": number, "name": name, "stay": "inpatient"})
}

pub fn ask(world: &World, hospital: &str, body: &Value) -> Ask {
    world.post("/v1/waivers/check", hospital, body)
}

pub fn grant(world: &World, hospital: &str, number: &str, visit: &str) -> Ask {
    let mut body = asked(number, "测试人");
    body["visit_no"] = json!(visit);
    world.post("/v1/waivers", hospital, &body).once()
}

/// A world with a hospital and one member of the roster: the hospital's token and the member's number.
pub async fn ward() -> (World, String, String) {
    let world = World::new().await;
    let hospital = hospital(&world, HOSPITAL).await;
    let member = person();
    roster(&world, &[(&member, "测试人")]).await;
    (world, hospital, member)
}

async fn answer(world: &World, hospital: &str, body: &Value) -> String {
    ask(world, hospital, body).send().await.expect(200).text_at("/answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_a_member_of_the_roster_deposits_nothing_and_pays_less() {
    let (world, hospital, member) = ward().await;
    let told = ask(&world, &hospital, &asked(&member, "测试人")).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("WAIVED".into(), 0));
    assert_eq!((told.text_at("/category"), told.fen("/roster_version")), ("dibao".into(), 1));
    let discounts = json!({"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30});
    assert_eq!(told.at("/discounts"), discounts);
    assert_eq!((told.fen("/snapshot_age_s"), told.at("/stale")), (0, json!(false)));

    // Each answer is kept, with the roster it rests on, and leaves a leaf.
    let kept = world
        .sql_text("select answer || ' ' || roster_version || ' ' || hospital from waiver_check order by id desc limit 1")
        .await;
    assert_eq!(kept, format!("WAIVED 1 {HOSPITAL}"));
    let leaves = "select (count(*) = (select count(*) from waiver_check))::text from leaf where convert_from(bytes, 'UTF8') like '%waiver.checked%'";
    assert_eq!(world.sql_text(leaves).await, "true");
    assert!(!told.text.contains(&member) && !told.text.contains("测试人"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_on_the_roster_is_told_the_deposit_and_nobody_in_an_emergency_is_asked_for_one() {
    let (world, hospital, member) = ward().await;
    let mut stranger = nobody();
    let told = ask(&world, &hospital, &stranger).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("NOT_ON_ROSTER".into(), 190_000));
    stranger["diagnosis"] = json!("K35");
    assert_eq!(ask(&world, &hospital, &stranger).send().await.expect(200).fen("/deposit_fen"), 250_000);
    stranger["stay"] = json!("outpatient");
    assert_eq!(ask(&world, &hospital, &stranger).send().await.expect(200).fen("/deposit_fen"), 0);
    assert_eq!(answer(&world, &hospital, &asked(&member, "别的人")).await, "CONFIRM_IDENTITY");

    // S2: unknown, at ten to two.
    let unknown = json!({"id_type": "temporary", "id_no": "LS-0150", "stay": "emergency"});
    let told = ask(&world, &hospital, &unknown).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("TREAT_FIRST_NO_DEPOSIT".into(), 0));
    for body in [&mut stranger, &mut asked(&member, "别的人")] {
        body["stay"] = json!("emergency");
        assert_eq!(answer(&world, &hospital, body).await, "TREAT_FIRST_NO_DEPOSIT");
    }
    let mut member = asked(&member, "测试人");
    member["stay"] = json!("emergency");
    assert_eq!(answer(&world, &hospital, &member).await, "WAIVED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_that_the_city_has_agreed_on_nothing_with_is_told_so() {
    let (world, _, member) = ward().await;
    let unknown = world.billing("3403", OTHER_HOSPITAL);
    let told = ask(&world, &unknown, &asked(&member, "测试人")).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.at("/deposit_fen")), ("OUT_OF_CITY_HOSPITAL".into(), Value::Null));
    grant(&world, &unknown, &member, "V-1").send().await.refused(409, "OUT_OF_CITY_HOSPITAL");
    let nameless = world.billing("3403", "none");
    ask(&world, &nameless, &asked(&member, "测试人")).send().await.refused(403, "FORBIDDEN");
    let mut body = asked(&member, "测试人");
    body.as_object_mut().unwrap().remove("name");
    ask(&world, &unknown, &body).send().await.refused(400, "VALIDATION");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_covers_one_stay_and_can_be_checked_with_the_published_keys_alone() {
    let (world, hospital, member) = ward().await;
    let ask = grant(&world, &hospital, &member, "V-1");
    let promised = ask.clone().send().await.expect(201);
    assert_eq!(promised.text_at("/answer"), "WAIVED");
    let claims = verified(&world, &promised.text_at("/promise")).await;
    assert_eq!((&claims["sub"], &claims["aud"]), (&promised.at("/id"), &json!(HOSPITAL)));
    assert_eq!((&claims["visit_no"], &claims["deposit_fen"]), (&json!("V-1"), &json!(0)));
    assert_eq!((&claims["discounts"]["drugs"], &claims["roster_version"]), (&json!(5), &json!(1)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 90 * 86_400);
    assert!(!promised.text.contains(&member));

    assert_eq!(ask.send().await.expect(201).text, promised.text);
    grant(&world, &hospital, &member, "V-1").send().await.refused(409, "STAY_OPEN");
    let other = self::hospital(&world, OTHER_HOSPITAL).await;
    grant(&world, &other, &member, "V-9").send().await.refused(409, "STAY_OPEN");

    let path = format!("/v1/waivers/{}", promised.text_at("/id"));
    assert_eq!(world.get(&path, &hospital).await.expect(200).text_at("/state"), "open");
    world.get(&path, &other).await.expect(404);
    world.post(&format!("{path}/close"), &other, &json!({})).once().send().await.expect(404);
    let close = world.post(&format!("{path}/close"), &hospital, &json!({})).once();
    let closed = close.clone().send().await.expect(200);
    assert_eq!((closed.text_at("/state"), closed.text_at("/closed_as")), ("closed".into(), "hospital".into()));
    assert_eq!(close.send().await.expect(200).text, closed.text);
    world.post(&format!("{path}/close"), &hospital, &json!({})).once().send().await.refused(409, "CONFLICT");
    grant(&world, &other, &member, "V-9").send().await.expect(201);
    world.check_invariants().await;
}

/// The claims of a promise whose signature holds, by the published keys and nothing else.
pub async fn verified(world: &World, promise: &str) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let [header, claims, signature] = promise.split('.').collect::<Vec<_>>()[..] else { panic!("{promise}") };
    let head: Value = serde_json::from_slice(&bytes(header)).unwrap();
    assert_eq!((&head["alg"], &head["typ"]), (&json!("EdDSA"), &json!("waiver+jwt")));
    let keys = world.ask(reqwest::Method::GET, "/.well-known/jwks.json").send().await.expect(200);
    let keys = keys.at("/keys");
    let key = keys.as_array().unwrap().iter().find(|key| key["kid"] == head["kid"]).unwrap();
    let public: [u8; 32] = bytes(key["x"].as_str().unwrap()).try_into().unwrap();
    let signature: [u8; 64] = bytes(signature).try_into().unwrap();
    let public = ed25519_dalek::VerifyingKey::from_bytes(&public).unwrap();
    public.verify_strict(format!("{header}.{claims}").as_bytes(), &ed25519_dalek::Signature::from_bytes(&signature)).unwrap();
    serde_json::from_slice(&bytes(claims)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hospitals_at_one_moment_one_has_the_stay() {
    let (world, hospital, member) = ward().await;
    let other = self::hospital(&world, OTHER_HOSPITAL).await;
    let server = world.another_server().await;
    let token = world.billing("3403", HOSPITAL);
    let known = async || ask(&world, &token, &nobody()).at(&server).send().await.text_at("/answer") == "NOT_ON_ROSTER";
    until("the other server knows the hospital", known).await;
    let asks = (0..6).map(|at| {
        let ask = grant(&world, if at % 2 == 0 { &hospital } else { &other }, &member, &format!("V-{at}"));
        if at < 3 { ask } else { ask.at(&server) }
    });
    let answers = futures_util::future::join_all(asks.map(|ask| ask.send())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((lost.status, lost.code()), (409, "STAY_OPEN".into()), "{}", lost.text);
    }
    assert_eq!(world.count("waiver").await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_the_roster_keeps_the_stay_and_civil_affairs_is_told_once() {
    let (world, hospital, member) = ward().await;
    let (second, stays) = (person(), [(&*person(), "别的人")]);
    roster(&world, &[(&member, "测试人"), (&second, "测试人")]).await;
    let id = grant(&world, &hospital, &member, "V-1").send().await.expect(201).text_at("/id");
    let other = grant(&world, &hospital, &second, "V-9").send().await.expect(201).text_at("/id");
    roster(&world, &[(&second, "测试人")]).await;
    let server = world.another_server().await;

    // The next question is answered by the new roster, whatever a server has in its memory.
    let told = ask(&world, &hospital, &asked(&member, "测试人")).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.fen("/roster_version")), ("NOT_ON_ROSTER".into(), 3));
    assert_eq!(world.get(&format!("/v1/waivers/{id}"), &hospital).await.expect(200).text_at("/state"), "open");
    let alarms = async |of: &str| {
        let seen = world.get("/v1/alarms", &world.finance()).await.expect(200).at("/items");
        seen.as_array().unwrap().iter().filter(|alarm| alarm["kind"] == "waiver_roster_left" && alarm["about"] == *of).count()
    };
    until("civil affairs is told", async || alarms(&id).await == 1).await;
    // Somebody else leaves: once that is told, the servers have looked again.
    roster(&world, &stays).await;
    until("civil affairs is told of the other", async || alarms(&other).await == 1).await;
    assert_eq!(alarms(&id).await, 1);
    world.post(&format!("/v1/waivers/{id}/close"), &hospital, &json!({})).once().send().await.expect(200);
    grant(&world, &hospital, &member, "V-2").send().await.refused(409, "NOT_ON_ROSTER");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_ends_with_the_longest_stay() {
    let (world, hospital, member) = ward().await;
    let id = grant(&world, &hospital, &member, "V-1").send().await.expect(201).text_at("/id");
    world
        .sql("update waiver set granted_at = granted_at - interval '91 days', expires_at = expires_at - interval '91 days'")
        .await;
    grant(&world, &hospital, &member, "V-2").send().await.expect(201);
    let old = world.get(&format!("/v1/waivers/{id}"), &hospital).await.expect(200);
    assert_eq!((old.text_at("/state"), old.text_at("/closed_as")), ("closed".into(), "age".into()));
}

/// Rows of `waiver_check`, by their answers.
async fn kept(world: &World, what: &str) -> String {
    world.sql_text(&format!("select count(*)::text from waiver_check where answer = '{what}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_does_not_answer_the_roster_in_memory_does_and_nothing_answered_is_lost() {
    let (world, hospital, member) = ward().await;
    let body = asked(&member, "测试人");
    let known = async || world.figure(&world.server, "jiujinan_roster_version{city=\"3403\"}").await == Some(1);
    until("the roster is in memory", known).await;
    assert_eq!(answer(&world, &hospital, &body).await, "WAIVED");
    let before: i64 = kept(&world, "WAIVED").await.parse().unwrap();

    let mut client = world.database.client().await;
    let dam = client.transaction().await.unwrap();
    dam.batch_execute("lock table waiver_check in access exclusive mode").await.unwrap();
    for _ in 0..20 {
        let told = ask(&world, &hospital, &body).send().await.expect(200);
        assert_eq!((told.text_at("/answer"), told.fen("/deposit_fen")), ("WAIVED".into(), 0));
        assert!(told.at("/recheck_by").is_string(), "{}", told.text);
    }
    dam.rollback().await.unwrap();

    until("the journal is drained", async || kept(&world, "WAIVED").await == (before + 20).to_string()).await;
    let fresh = ask(&world, &hospital, &body).send().await.expect(200);
    assert_eq!((fresh.fen("/snapshot_age_s"), fresh.at("/recheck_by")), (0, Value::Null));
    let leaves = "select (count(*) = (select count(*) from waiver_check))::text from leaf where convert_from(bytes, 'UTF8') like '%waiver.checked%'";
    assert_eq!(world.sql_text(leaves).await, "true");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_of_this_moment_is_asked_at_every_server_at_once() {
    let (world, hospital, _) = ward().await;
    let server: Server = world.another_server().await;
    let known = async || ask(&world, &hospital, &nobody()).at(&server).send().await.text_at("/answer") == "NOT_ON_ROSTER";
    until("the other server knows the hospital", known).await;
    for round in 2..8 {
        let member = person();
        roster(&world, &[(&member, "测试人")]).await;
        // Not a moment is waited for.
        let told = ask(&world, &hospital, &asked(&member, "测试人")).at(&server).send().await.expect(200);
        assert_eq!((told.text_at("/answer"), told.fen("/roster_version")), ("WAIVED".into(), round));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_the_bill_of_a_promised_stay_is_discounted_and_closes_the_promise() {
    let (world, hospital, child) = ward().await;
    let relief = json!({
        "division": "3403", "kind": "relief_fund", "name": "救急难基金", "target_fen": 0, "limits": {"case_cap_fen": 2_000_000}
    });
    let relief = world.post("/v1/funds", &world.finance(), &relief).once().send().await.expect(201).text_at("/id");
    world.top_up(&relief, 5_000_000).await.expect(201);
    let waiver = grant(&world, &hospital, &child, "V-1").send().await.expect(201).text_at("/id");
    let bill = json!({
        "message_id": "M-1", "waiver_id": waiver, "visit_no": "V-1",
        "patient": {"id_type": "resident_id", "id_no": child, "name": "测试人"},
        "fees": {
            "registration_fen": 1_000, "consultation_fen": 35_000, "examination_fen": 150_000, "drugs_fen": 1_200_000,
            "bed_fen": 200_000, "other_fen": 20_254_000
        },
        "medfee_sumamt_fen": 21_840_000,
        "insurance": {"hifp_pay_fen": 13_875_000, "hifmi_pay_fen": 2_583_750, "maf_pay_fen": 1_498_875}
    });
    let quoted = world.post("/v1/settlements/quote", &hospital, &bill).send().await.expect(200);
    let settled = world.post("/v1/settlements", &hospital, &bill).once().send().await.expect(201);
    for told in [&quoted, &settled] {
        let part = |payer: &str| {
            let parts = told.at("/payers");
            parts.as_array().unwrap().iter().find(|part| part["payer"] == payer).unwrap()["amount_fen"].as_i64().unwrap()
        };
        let parts = ["hospital_discount", "relief_fund", "patient"].map(part);
        assert_eq!(parts, [186_000, 2_000_000, 1_696_375], "{}", told.text);
    }
    let closed = world.get(&format!("/v1/waivers/{waiver}"), &hospital).await.expect(200);
    assert_eq!((closed.text_at("/state"), closed.text_at("/closed_as")), ("closed".into(), "settlement".into()));

    // Without a promise, who is on the roster has the hospital's discounts; who is not has none.
    let mut again = bill.clone();
    again.as_object_mut().unwrap().remove("waiver_id");
    let told = world.post("/v1/settlements/quote", &hospital, &again).send().await.expect(200);
    assert!(told.text.contains("hospital_discount"), "{}", told.text);
    again["patient"]["id_no"] = json!(person());
    let told = world.post("/v1/settlements/quote", &hospital, &again).send().await.expect(200);
    assert!(!told.text.contains("hospital_discount"), "{}", told.text);
    // A promise of another person is not there.
    again["waiver_id"] = json!(waiver);
    world.post("/v1/settlements/quote", &hospital, &again).send().await.expect(404);
    world.check_invariants().await;
}
