//! Rules of hooks.

use crate::sql::constraints::{ONE, Tried, rows};

const HOOK: &str =
    "insert into hook (id, url, version, made_by, made_at, city, division, events, state, ended_at, rotation, previous_until)
    values (gen_random_uuid(), 'https://example.com/', 1, 'o', now(), ";
const DELIVERY: &str =
    "insert into hook_delivery (city, id, body, made_at, next_at, event, hook_id, subject, state, ended_at, lease_until)
    values ('3403', gen_random_uuid(), '{}', now(), now(), ";
const FORGOTTEN: &str =
    "insert into hook_forgotten (city, hook_id, made_until, state, deliveries) values ('3403', gen_random_uuid(), now(), ";

pub fn rules() -> Vec<Tried> {
    let some = "gen_random_uuid(), gen_random_uuid()";
    let delivery = |end: &str| format!("'case.paid', {some}, {end}");
    let overdue = format!("'case.completion_overdue', {ONE}, {ONE}, 'pending', null, null");
    vec![
        (
            "hook_lies_in_its_city",
            rows(HOOK, &["'3403', '3403', '{case.paid}', 'active', null, 1, null"]),
            rows(HOOK, &["'3403', '3401', '{case.paid}', 'active', null, 1, null"]),
        ),
        ("hook_listens_to_something", vec![], rows(HOOK, &["'3403', '3403', '{}', 'active', null, 1, null"])),
        (
            "hook_ends_once",
            rows(HOOK, &["'3403', '3403', '{case.paid}', 'disabled', now(), 1, null"]),
            rows(
                HOOK,
                &[
                    "'3403', '3403', '{case.paid}', 'deleted', null, 1, null",
                    "'3403', '3403', '{case.paid}', 'active', now(), 1, null",
                ],
            ),
        ),
        (
            "hook_rotates_forward",
            rows(HOOK, &["'3403', '3403', '{case.paid}', 'active', null, 2, now()"]),
            rows(
                HOOK,
                &[
                    "'3403', '3403', '{case.paid}', 'active', null, 0, null",
                    "'3403', '3403', '{case.paid}', 'active', null, 1, now()",
                ],
            ),
        ),
        (
            "delivery_ends_with_its_state",
            rows(DELIVERY, &[&delivery("'pending', null, now()"), &delivery("'dead', now(), null")]),
            rows(DELIVERY, &[&delivery("'pending', now(), null"), &delivery("'delivered', null, null")]),
        ),
        ("nobody_works_on_what_has_ended", vec![], rows(DELIVERY, &[&delivery("'delivered', now(), now()")])),
        ("only_what_ended_is_forgotten", rows(FORGOTTEN, &["'dead', 1"]), rows(FORGOTTEN, &["'pending', 1"])),
        ("something_was_forgotten", vec![], rows(FORGOTTEN, &["'delivered', 0"])),
        ("overdue_is_told_once", rows(DELIVERY, &[&overdue]), rows(DELIVERY, &[&overdue])),
    ]
}
