//! Values in odd forms: taken where the interface says so, refused where two forms of one thing could be mistaken for two things.

use jiujinan::actor::Role;
use serde_json::json;

use crate::world::{STREET, World, case, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_search_by_number_and_identity_finds_what_has_both() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let (mut one, mut two) = (case(STREET, 10_000), case(STREET, 10_000));
    let (first, second) = (person(), person());
    one["applicant"]["id_no"] = json!(first);
    two["applicant"]["id_no"] = json!(second);
    let number = world.fast_track(&one).send().await.expect(201).text_at("/case/number");
    world.fast_track(&two).send().await.expect(201);
    for (who, found) in [(&first, 1), (&second, 0)] {
        let body = json!({"number": number, "id_type": "resident_id", "id_no": who});
        let answer = world.post("/v1/cases/search", &world.clerk(STREET), &body).send().await.expect(200);
        assert_eq!(answer.at("/items").as_array().unwrap().len(), found, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_number_is_searched_for_in_the_street_that_gave_it() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 10_000);
    body["applicant"] = json!({"id_type": "temporary", "id_no": "ZY-20261124-01", "name": "无名氏"});
    world.fast_track(&body).send().await.expect(201);
    let auditor = world.auditor();
    let mut search = json!({"id_type": "temporary", "id_no": "ZY-20261124-01"});
    world.post("/v1/cases/search", &auditor, &search).send().await.refused(400, "VALIDATION");
    search["division"] = json!(STREET);
    let found = world.post("/v1/cases/search", &auditor, &search).send().await.expect(200);
    assert_eq!(found.at("/items").as_array().unwrap().len(), 1);
    let neighbour = world.token(&[Role::Clerk], "340303002", "clerk-2");
    let hidden = world.post("/v1/cases/search", &neighbour, &search).send().await.expect(200);
    assert_eq!(hidden.at("/items"), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_may_be_null_and_an_identifier_has_one_form() {
    let world = World::new().await;
    let fund = json!({"division": STREET, "kind": "street_reserve", "name": "备用金", "target_fen": 0, "limits": null});
    let id = world.post("/v1/funds", &world.finance(), &fund).once().send().await.expect(201).text_at("/id");
    world.top_up(&id, 100_000).await.expect(201);
    for form in [format!("{{{id}}}"), format!("urn:uuid:{id}"), id.replace('-', "")] {
        let mut body = case(STREET, 10_000);
        body["fund_id"] = json!(form);
        world.fast_track(&body).send().await.refused(400, "VALIDATION");
    }
    let mut body = case(STREET, 10_000);
    body["fund_id"] = json!(id);
    world.fast_track(&body).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_what_nobody_sees_or_was_born_before_anybody_who_lives() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    for name in ["\u{3164}", "张\u{00ad}三", "张\u{2060}三", "张\u{2028}三", "张\u{e0041}三"] {
        let mut body = case(STREET, 10_000);
        body["applicant"]["name"] = json!(name);
        world.fast_track(&body).send().await.refused(400, "VALIDATION");
    }
    for place in ["\u{200b}", "某处\u{202e}", "\u{feff}某处"] {
        let mut body = case(STREET, 10_000);
        body["incident"]["place"] = json!(place);
        world.fast_track(&body).send().await.refused(400, "VALIDATION");
    }
    let mut body = case(STREET, 10_000);
    body["applicant"]["id_no"] = json!("000000000001010009");
    world.fast_track(&body).send().await.expect(400);
    assert_eq!(world.count("aid_case").await, 0);
}
