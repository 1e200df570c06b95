//! Identity numbers of every kind: which are refused, and why.

use serde_json::{Value, json};

use crate::bad_input::{rejected, with};
use crate::world::{STREET, World, case, person};

#[tokio::test(flavor = "multi_thread")]
async fn every_malformed_identity_number_is_refused_with_its_reason() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let data: Value = serde_json::from_str(include_str!("../data/identifiers.json")).unwrap();
    let invalid = data["resident_id"]["invalid"].as_array().unwrap();
    let numbers = || invalid.iter().map(|one| (one["id"].clone(), one["reason"].clone()));
    let member = |number: &Value| json!([{"id_type": "resident_id", "id_no": number, "name": "家人", "relation": "spouse"}]);
    let clerk = world.clerk(STREET);
    let mut asks = Vec::new();
    for (number, reason) in numbers() {
        let as_applicant = with("/applicant/id_no", number.clone());
        asks.push((format!("applicant {number} {reason}"), world.fast_track(&as_applicant)));
        asks.push((format!("member {number} {reason}"), world.fast_track(&with("/household", member(&number)))));
        asks.push((format!("preview {number} {reason}"), world.post("/v1/decisions/preview", &clerk, &as_applicant)));
        let search = json!({"id_type": "resident_id", "id_no": number});
        asks.push((format!("search {number} {reason}"), world.post("/v1/cases/search", &clerk, &search)));
    }

    let answers = rejected(&world, asks, 400, "ID_INVALID").await;

    for ((number, reason), answers) in numbers().zip(answers.chunks(4)) {
        let pointers = ["/applicant/id_no", "/household/0/id_no", "/applicant/id_no", "/id_no"];
        for (pointer, answer) in pointers.iter().zip(answers) {
            assert_eq!(answer.at("/errors/0/pointer"), **pointer, "{number}");
            assert_eq!((answer.at("/errors/0/detail"), answer.at("/errors/0/code")), (reason.clone(), json!("ID_INVALID")));
            assert!(number == "" || !answer.text.contains(number.as_str().unwrap()), "{}", answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_well_formed_identity_number_is_accepted() {
    let world = World::new().await;
    let fund = world.fund(STREET, 2_000_000).await;
    let data: Value = serde_json::from_str(include_str!("../data/identifiers.json")).unwrap();
    let valid = data["resident_id"]["valid"].as_array().unwrap();

    let asks = valid.iter().map(|number| {
        let mut body = with("/applicant/id_no", number.clone());
        body["requested_fen"] = json!(1);
        world.fast_track(&body).send()
    });
    let answers = futures_util::future::join_all(asks).await;

    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(world.fund_now(&fund).await.fen("/paid_fen"), i64::try_from(valid.len()).unwrap());
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_documents_have_rules_of_their_own() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let wrong = [
        ("hkmt_residence", "340303188003041985", "area"),
        ("hkmt_residence", "81000018811108295", "length"),
        ("passport", "E123", "length"),
        ("passport", "E12345678-9", "character"),
        ("passport", "护照一二三四五", "character"),
        ("foreign_permanent", "CHN12345678901X", "character"),
        ("foreign_permanent", "340303188003041985", "area"),
        ("temporary", "", "length"),
        ("temporary", "床 3", "character"),
        ("temporary", "a\u{0}b", "character"),
    ];
    let asks = wrong.iter().map(|(id_type, number, _)| {
        let applicant = json!({"id_type": id_type, "id_no": number, "name": "测试人"});
        (format!("{id_type} {number}"), world.fast_track(&with("/applicant", applicant)))
    });

    let answers = rejected(&world, asks.collect(), 400, "ID_INVALID").await;

    for ((id_type, number, reason), answer) in wrong.iter().zip(&answers) {
        assert_eq!(answer.at("/errors/0/detail"), **reason, "{id_type} {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_thirty_others_at_most_and_names_nobody_twice() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let member = |number: String| json!({"id_type": "resident_id", "id_no": number, "name": "家人", "relation": "kin"});
    let many = |count: usize| (0..count).map(|_| member(person())).collect::<Value>();
    let twice = person();
    let mut oneself = case(STREET, 60_000);
    oneself["household"] = json!([member(oneself["applicant"]["id_no"].as_str().unwrap().to_owned())]);
    let mut small_x = with("/applicant/id_no", json!("11010519491231002X"));
    small_x["household"] = json!([member("11010519491231002x".into())]);
    let mut two_names = with("/applicant/id_no", json!("810000188003064607"));
    two_names["household"] =
        json!([{"id_type": "hkmt_residence", "id_no": "810000188003064607", "name": "家人", "relation": "kin"}]);
    let asks = vec![
        ("31".into(), world.fast_track(&with("/household", many(31)))),
        ("twice".into(), world.fast_track(&with("/household", json!([member(twice.clone()), member(twice)])))),
        ("the applicant".into(), world.fast_track(&oneself)),
        ("in small letters".into(), world.fast_track(&small_x)),
        ("by another document".into(), world.fast_track(&two_names)),
    ];

    rejected(&world, asks, 400, "VALIDATION").await;

    world.fast_track(&with("/household", many(30))).send().await.expect(201);
    world.check_invariants().await;
}
