//! Rules of the roster and of hospitals.

use crate::sql::constraints::{ONE, Tried, rows};

const VERSION: &str =
    "insert into roster_version (city, mode, file_sha256, imported_by, imported_at, version, rows, entered, left_count)
    values ('3403', 'full', '', 'a', now(), ";
const MEMBER: &str =
    "insert into roster_member (city, name_digest, category, valid_from, person, valid_to, from_version, until_version, left_on)
    values ('3403', 0, 'dibao', '2026-01-01', ";
const HOSPITAL: &str = "insert into hospital (
    city, code, name, effective_from, deposits, registered_by, registered_at, version, division, registration, consultation, examination,
    drugs, bed
) values ('3403', 'c', 'n', now(), '{}', 'a', now(), ";

pub fn rules() -> Vec<Tried> {
    let any = "gen_random_uuid()";
    let member = |rest: &str| format!("{MEMBER}{any}, {rest})");
    vec![
        ("roster_versions_are_counted_from_one", rows(VERSION, &["1, 5, 5, 0"]), rows(VERSION, &["0, 5, 5, 0"])),
        (
            "roster_import_counts_people",
            rows(VERSION, &["2, 1, 0, 9"]),
            rows(VERSION, &["3, 0, 0, 0", "3, 5, 6, 0", "3, 5, -1, 0", "3, 5, 0, -1"]),
        ),
        ("membership_runs_forward", vec![member("'2026-01-01', 1, null, null")], vec![member("'2025-12-31', 1, null, null")]),
        (
            "membership_ends_after_it_began",
            vec![member("null, 1, 2, '2025-01-01'")],
            vec![member("null, 2, 2, null"), member("null, 2, 1, null")],
        ),
        ("only_who_left_has_left", vec![], vec![member("null, 1, null, '2026-01-01'")]),
        (
            "one_standing_row_a_person",
            rows(MEMBER, &[&format!("{ONE}, null, 1, 2, null"), &format!("{ONE}, null, 2, null, null")]),
            rows(MEMBER, &[&format!("{ONE}, null, 3, null, null")]),
        ),
        ("hospitals_lie_in_their_city", vec![], rows(HOSPITAL, &["1, '340101', 0, 0, 0, 0, 0"])),
        (
            "hospital_versions_are_counted_from_one",
            rows(HOSPITAL, &["1, '340304', 0, 0, 0, 0, 0"]),
            rows(HOSPITAL, &["0, '340304', 0, 0, 0, 0, 0"]),
        ),
        (
            "discounts_are_per_cent",
            rows(HOSPITAL, &["2, '3403', 100, 100, 100, 100, 100"]),
            rows(
                HOSPITAL,
                &[
                    "3, '3403', 101, 0, 0, 0, 0",
                    "3, '3403', 0, -1, 0, 0, 0",
                    "3, '3403', 0, 0, 101, 0, 0",
                    "3, '3403', 0, 0, 0, 101, 0",
                    "3, '3403', 0, 0, 0, 0, -1",
                ],
            ),
        ),
    ]
}
