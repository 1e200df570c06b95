//! Rules of promises to hospitals.

use crate::sql::constraints::{ONE, Tried, rows};

const CHECK: &str = "insert into waiver_check (city, id, subject, hospital, division, person, stay, answer, roster_version, roster_as_of,
    stale, answered_at, recorded_at, deposit)
    values ('3403', gen_random_uuid(), 's', 'h', '340303', gen_random_uuid(), 'inpatient', 'WAIVED', 1, now(), false, now(), now(), ";

/// A promise: person, visit, state, deposit, days it holds, how and when it was closed.
fn waiver(person: &str, rest: &str) -> String {
    format!(
        "insert into waiver (city, id, hospital, division, category, discounts, roster_version, granted_by, granted_at, person, visit_no,
            state, deposit, expires_at, closed_as, closed_at)
            values ('3403', gen_random_uuid(), 'h', '340303', 'dibao', '{{}}', 1, 'g', now(), {person}, {rest})"
    )
}

pub fn rules() -> Vec<Tried> {
    let anybody = |rest: &str| waiver("gen_random_uuid()", rest);
    vec![
        ("deposit_is_never_negative", rows(CHECK, &["0", "null"]), rows(CHECK, &["-1"])),
        (
            "waiver_ends_once",
            vec![anybody("'V-1', 'closed', 0, now() + interval '1 day', 'age', now()")],
            vec![
                anybody("'V-2', 'closed', 0, now() + interval '1 day', null, null"),
                anybody("'V-2', 'open', 0, now() + interval '1 day', 'age', now()"),
                anybody("'V-2', 'closed', 0, now() + interval '1 day', 'age', null"),
            ],
        ),
        ("waiver_outlives_its_grant", vec![], vec![anybody("'V-2', 'open', 0, now(), null, null")]),
        ("waived_deposit_is_never_negative", vec![], vec![anybody("'V-2', 'open', -1, now() + interval '1 day', null, null")]),
        (
            "one_open_stay_a_person",
            vec![waiver(ONE, "'V-3', 'open', 0, now() + interval '1 day', null, null")],
            vec![waiver(ONE, "'V-4', 'open', 0, now() + interval '1 day', null, null")],
        ),
        ("visit_is_promised_once", vec![], vec![anybody("'V-1', 'open', 0, now() + interval '1 day', null, null")]),
    ]
}
