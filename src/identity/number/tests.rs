use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde::Deserialize;

use crate::identity::{IdInvalid, IdNumber, IdType};

const TODAY: Date = date(2026, 9, 1);
const EVERY_TYPE: [IdType; 5] =
    [IdType::ResidentId, IdType::HkmtResidence, IdType::Passport, IdType::ForeignPermanent, IdType::Temporary];

#[derive(Deserialize)]
struct Vectors {
    resident_id: ResidentVectors,
}

#[derive(Deserialize)]
struct ResidentVectors {
    valid: Vec<String>,
    valid_lower_case_x: String,
    invalid: Vec<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    id: String,
    reason: String,
}

fn vectors() -> ResidentVectors {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/identifiers.json"));
    serde_json::from_str::<Vectors>(text).unwrap().resident_id
}

fn parse(id_type: IdType, raw: &str) -> Result<IdNumber, IdInvalid> {
    IdNumber::parse(id_type, raw, TODAY)
}

fn refusal(id_type: IdType, raw: &str) -> IdInvalid {
    parse(id_type, raw).expect_err(raw)
}

#[test]
fn every_valid_vector_is_a_resident_number_whatever_its_area() {
    let valid = vectors().valid;
    assert!(valid.len() >= 60);
    for id in valid {
        assert_eq!(parse(IdType::ResidentId, &id).expect(&id).expose(), id);
    }
}

#[test]
fn every_invalid_vector_is_refused_for_its_reason() {
    let invalid = vectors().invalid;
    assert!(invalid.len() >= 30);
    for Refused { id, reason } in invalid {
        assert_eq!(refusal(IdType::ResidentId, &id).reason(), reason, "{id}");
    }
}

#[test]
fn a_small_x_becomes_a_large_one() {
    let id = parse(IdType::ResidentId, &vectors().valid_lower_case_x).unwrap();
    assert_eq!(id.expose(), "11010519491231002X");
}

#[test]
fn a_permit_for_hong_kong_macao_and_taiwan_has_area_81_82_or_83() {
    for id in vectors().valid {
        let expected = match id.get(..2) {
            Some("81" | "82" | "83") => Ok(()),
            _ => Err(IdInvalid::Area),
        };
        assert_eq!(parse(IdType::HkmtResidence, &id).map(|_| ()), expected, "{id}");
    }
    assert_eq!(refusal(IdType::HkmtResidence, "830070188402279318"), IdInvalid::Checksum);
}

#[test]
fn a_passport_is_5_to_20_letters_and_digits() {
    assert_eq!(parse(IdType::Passport, "e12345678").unwrap().expose(), "E12345678");
    assert!(parse(IdType::Passport, "AB123").is_ok());
    assert!(parse(IdType::Passport, &"A".repeat(20)).is_ok());
    assert_eq!(refusal(IdType::Passport, "A123"), IdInvalid::Length);
    assert_eq!(refusal(IdType::Passport, &"A".repeat(21)), IdInvalid::Length);
    assert_eq!(refusal(IdType::Passport, "E1234-678"), IdInvalid::Character);
    assert_eq!(refusal(IdType::Passport, " E12345678"), IdInvalid::Character);
}

#[test]
fn a_permanent_residence_card_has_an_old_and_a_new_form() {
    assert_eq!(parse(IdType::ForeignPermanent, "can110082011501").unwrap().expose(), "CAN110082011501");
    assert_eq!(refusal(IdType::ForeignPermanent, "CA1110082011501"), IdInvalid::Character);
    assert_eq!(refusal(IdType::ForeignPermanent, "CAN11008201150A"), IdInvalid::Character);
    assert_eq!(refusal(IdType::ForeignPermanent, "加AN110082011501"), IdInvalid::Character);
    assert_eq!(refusal(IdType::ForeignPermanent, "C加N110082011501"), IdInvalid::Character);
    assert_eq!(refusal(IdType::ForeignPermanent, "CAN1100820115011"), IdInvalid::Length);

    let new_form = parse(IdType::ForeignPermanent, "911124188108030025").unwrap();
    assert_eq!(new_form.birth_date(), Some(date(1881, 8, 3)));
    assert_eq!(refusal(IdType::ForeignPermanent, "911124188108030024"), IdInvalid::Checksum);
    assert_eq!(refusal(IdType::ForeignPermanent, "440524188001010014"), IdInvalid::Area);
}

#[test]
fn a_temporary_number_is_kept_as_the_hospital_wrote_it() {
    assert_eq!(parse(IdType::Temporary, "er-2026/09.0001_b").unwrap().expose(), "er-2026/09.0001_b");
    assert!(parse(IdType::Temporary, &"a".repeat(64)).is_ok());
    assert_eq!(refusal(IdType::Temporary, ""), IdInvalid::Length);
    assert_eq!(refusal(IdType::Temporary, &"a".repeat(65)), IdInvalid::Length);
    assert_eq!(refusal(IdType::Temporary, "bed 7"), IdInvalid::Character);
    assert_eq!(refusal(IdType::Temporary, "床7"), IdInvalid::Character);
}

#[test]
fn space_around_a_number_is_not_trimmed() {
    assert_eq!(refusal(IdType::ResidentId, " 440524188001010014"), IdInvalid::Length);
    assert_eq!(refusal(IdType::ResidentId, "440524188001010014\n"), IdInvalid::Length);
}

#[test]
fn a_number_shows_itself_masked() {
    let id = parse(IdType::ResidentId, "11010519491231002X").unwrap();
    assert_eq!(format!("{id} {id:?}"), "110*************2X 110*************2X");
    assert_eq!(parse(IdType::Passport, "E12345678").unwrap().masked(), "E*******8");
    assert_eq!(parse(IdType::Temporary, "b7").unwrap().masked(), "**");
    assert_eq!(parse(IdType::Temporary, "er07").unwrap().masked(), "****");
}

#[test]
fn age_grows_on_the_birthday() {
    let id = parse(IdType::ResidentId, "11010519491231002X").unwrap();
    assert_eq!(id.age_on(date(2026, 12, 30)), Some(76));
    assert_eq!(id.age_on(date(2026, 12, 31)), Some(77));
    assert_eq!(id.age_on(date(1949, 12, 31)), Some(0));
    assert_eq!(id.age_on(date(1949, 12, 30)), None);
    assert_eq!(parse(IdType::Passport, "E12345678").unwrap().age_on(TODAY), None);
    assert_eq!(parse(IdType::ForeignPermanent, "CAN110082011501").unwrap().age_on(TODAY), None);
}

#[test]
fn somebody_born_on_a_leap_day_is_older_on_the_first_of_march() {
    let id = parse(IdType::ResidentId, "340302188002290019").unwrap();
    assert_eq!(id.birth_date(), Some(date(1880, 2, 29)));
    assert_eq!(id.age_on(date(1881, 2, 28)), Some(0));
    assert_eq!(id.age_on(date(1881, 3, 1)), Some(1));
    assert_eq!(id.age_on(date(1884, 2, 29)), Some(4));
}

proptest! {
    #[test]
    fn no_text_makes_parsing_panic(raw in any::<String>()) {
        for id_type in EVERY_TYPE {
            let _ = parse(id_type, &raw);
        }
    }

    #[test]
    fn no_text_like_a_number_makes_parsing_panic(raw in "[0-9A-Xx０９ 中]{0,22}") {
        for id_type in EVERY_TYPE {
            if let Ok(id) = parse(id_type, &raw) {
                let _ = (id.masked(), id.birth_date(), id.age_on(TODAY));
            }
        }
    }

    #[test]
    fn a_masked_number_hides_most_of_it(raw in "[a-z0-9]{1,64}") {
        let masked = parse(IdType::Temporary, &raw).unwrap().masked();
        prop_assert_eq!(masked.len(), raw.len());
        prop_assert!(masked.chars().filter(|c| *c != '*').count() <= 5);
        prop_assert!(masked.contains("***") || raw.len() < 5);
    }
}
