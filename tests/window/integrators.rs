//! What a hospital's programmer runs into: refusals that say what to do, and nothing that tells too much.

use serde_json::{Value, json};

use crate::settlements::{HERE, bill};
use crate::waivers::{HOSPITAL, asked, grant, ward};
use crate::world::{World, today};

const OTHER_HOSPITAL: &str = "11430682006378338L";

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_is_told_its_own_open_promise_and_nobody_elses() {
    let (world, hospital, member) = ward().await;
    let other = crate::waivers::hospital(&world, OTHER_HOSPITAL).await;
    let made = grant(&world, &hospital, &member, "V-1").send().await.expect(201).text_at("/id");
    for visit in ["V-1", "V-2"] {
        let refused = grant(&world, &hospital, &member, visit).send().await.refused(409, "STAY_OPEN");
        assert_eq!(refused.text_at("/waiver_id"), made, "{}", refused.text);
    }
    let refused = grant(&world, &other, &member, "V-1").send().await.refused(409, "STAY_OPEN");
    assert_eq!(refused.at("/waiver_id"), Value::Null, "{}", refused.text);
    assert!(!refused.text.contains(&made) && !refused.text.contains(HOSPITAL), "{}", refused.text);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_without_its_name_tells_nothing_of_stays() {
    let (world, hospital, member) = ward().await;
    let other = crate::waivers::hospital(&world, OTHER_HOSPITAL).await;
    grant(&world, &hospital, &member, "V-1").send().await.expect(201);
    for (stay, code) in [("inpatient", "CONFIRM_IDENTITY"), ("emergency", "TREAT_FIRST_NO_DEPOSIT")] {
        let mut body = asked(&member, "别人");
        (body["visit_no"], body["stay"]) = (json!("V-9"), json!(stay));
        world.post("/v1/waivers", &other, &body).once().send().await.refused(409, code);
    }
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_for_the_bills_of_its_visit() {
    let (world, hospital, member) = ward().await;
    let waiver = grant(&world, &hospital, &member, "V-1").send().await.expect(201).text_at("/id");
    let mut body = bill(100);
    (body["waiver_id"], body["visit_no"], body["patient"]["id_no"]) = (json!(waiver), json!("V-2"), json!(member));
    for path in ["/v1/settlements/quote", "/v1/settlements"] {
        let refused = world.post(path, &hospital, &body).once().send().await.refused(400, "VALIDATION");
        assert_eq!(refused.text_at("/errors/0/pointer"), "/visit_no");
    }
    let open = world.get(&format!("/v1/waivers/{waiver}"), &hospital).await.expect(200);
    assert_eq!(open.text_at("/state"), "open");
    body["visit_no"] = json!("V-1");
    world.post("/v1/settlements", &hospital, &body).once().send().await.expect(201);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_of_a_day_to_come_are_a_mistake() {
    let world = World::new().await;
    let token = world.billing(HERE, HOSPITAL);
    let totals = async |day: &str| world.get(&format!("/v1/settlements/totals?date={day}"), &token).await;
    totals(&today()).await.expect(200);
    let refused = totals("2999-12-31").await.refused(400, "VALIDATION");
    assert_eq!(refused.text_at("/errors/0/pointer"), "/date");
    assert!(refused.text_at("/detail").contains(&today()), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_names_no_hospital_is_told_so_everywhere() {
    let world = World::new().await;
    let token = world.billing(HERE, "11341729003258285X");
    let check = asked("340303188001010018", "测试人");
    for (path, body) in [("/v1/waivers/check", check), ("/v1/settlements/quote", bill(100))] {
        let denied = world.count("leaf").await;
        let refused = world.post(path, &token, &body).send().await.refused(403, "FORBIDDEN");
        assert!(refused.text_at("/detail").contains("names no hospital"), "{}", refused.text);
        assert_eq!(world.count("leaf").await, denied + 1, "recorded as a denial");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_and_names_that_are_wrong_are_told_why() {
    let world = World::new().await;
    let token = world.billing(HERE, HOSPITAL);
    let with = |pointer: &str, value: Value| {
        let mut body = bill(100);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (pointer, value, detail) in [
        ("/medfee_sumamt_fen", json!(0), "1 to 1000000000000 fen are needed"),
        ("/fees/other_fen", json!(-1), "0 to 1000000000000 fen are needed"),
        ("/fees/other_fen", json!(99.5), "expected an integer, found a fraction or a number that is too large"),
        ("/patient/name", json!(" 测试人"), "name begins or ends with white space"),
        ("/patient/name", Value::Null, "a name is needed: number and name must agree"),
    ] {
        let refused = world.post("/v1/settlements/quote", &token, &with(pointer, value)).send().await.refused(400, "VALIDATION");
        assert_eq!((refused.text_at("/errors/0/pointer"), refused.text_at("/detail")), (pointer.into(), detail.into()));
    }
}
