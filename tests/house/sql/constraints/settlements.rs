//! Rules of settlements.

use crate::sql::constraints::{ONE, Tried, rows};

const SETTLEMENT: &str = "insert into settlement (
    city, id, hospital, message_id, visit_no, person, patient, bill, parts, state, version, settled_at, settled_on, settled_by, answer,
    division, total
) values ('3403', gen_random_uuid(), 'H', 'm', 'v', gen_random_uuid(), '', '{}', '[]', 'settled', 1, now(), now(), 'h', '', ";
const MESSAGE: &str = "insert into settlement_message (city, hospital, at, message_id, settlement_id, fingerprint, reason)
    values ('3403', 'H', now(), ";
const EVENT: &str =
    "insert into settlement_event (city, settlement_id, version, parts, officer, at, kind, payer, status, amount, reason)
    values ('3403', gen_random_uuid(), 1, '[]', 'h', now(), ";
const HOLD: &str = "insert into settlement_hold (
    city, id, settlement_id, fund_id, held_at, payer, amount, state, resolved_at, resolutions
) values ('3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), ";
const UNDER_WAY: &str = "insert into settlement_hold (
    city, id, settlement_id, fund_id, held_at, payer, amount, clearing_id, state, resolved_at, resolutions
) values ('3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), 'relief_fund', 1, ";
const CLEARING: &str =
    "insert into clearing (city, id, fund_id, division, hospital, reference, officer, at, state, version, amount, settlements, amounts)
    values ('3403', gen_random_uuid(), gen_random_uuid(), '3403', 'H', 'r', 'f', now(), 'instructed', 1, ";

pub fn rules() -> Vec<Tried> {
    vec![
        ("settlement_lies_in_its_city", rows(SETTLEMENT, &["'340303', 1"]), rows(SETTLEMENT, &["'340103', 1"])),
        ("settlement_has_a_total", vec![], rows(SETTLEMENT, &["'340303', 0", "'340303', -1"])),
        (
            "message_is_settled_once",
            rows(MESSAGE, &[&format!("'m1', {ONE}, '\\x01', null"), "'m2', null, null, ''"]),
            rows(MESSAGE, &["'m1', null, null, ''", &format!("'m2', {ONE}, '\\x01', null")]),
        ),
        (
            "fence_has_a_reason_and_no_content",
            vec![],
            rows(
                MESSAGE,
                &[
                    "'m3', null, '\\x01', ''",
                    "'m3', null, null, null",
                    &format!("'m3', {ONE}, null, null"),
                    &format!("'m3', {ONE}, '\\x01', ''"),
                ],
            ),
        ),
        (
            "payer_says_a_result",
            rows(
                EVENT,
                &[
                    "'result', 'third_party', 'refused', 1, null",
                    "'returned', 'relief_fund', 'approved', 1, null",
                    "'settled', null, null, null, null",
                ],
            ),
            rows(
                EVENT,
                &[
                    "'result', null, 'refused', 1, null",
                    "'result', 'third_party', null, 1, null",
                    "'cleared', 'relief_fund', 'paid', null, null",
                    "'returned', 'relief_fund', 'approved', null, null",
                    "'settled', 'third_party', 'final', 1, null",
                ],
            ),
        ),
        (
            "unwinding_has_a_reason",
            rows(EVENT, &["'cancelled', null, null, null, ''", "'reversed', null, null, null, ''"]),
            rows(EVENT, &["'cancelled', null, null, null, null", "'settled', null, null, null, ''"]),
        ),
        (
            "settlement_hold_has_an_amount",
            vec![],
            rows(HOLD, &["'relief_fund', 0, 'held', null, 0", "'relief_fund', -1, 'held', null, 0"]),
        ),
        (
            "only_funds_hold_for_a_settlement",
            rows(HOLD, &["'emergency_treatment', 1, 'held', null, 0"]),
            rows(HOLD, &["'patient', 1, 'held', null, 0", "'hospital_discount', 1, 'held', null, 0"]),
        ),
        (
            "settlement_hold_resolves_once",
            rows(HOLD, &["'relief_fund', 1, 'captured', now(), 1"]),
            rows(
                HOLD,
                &[
                    "'relief_fund', 1, 'held', now(), 0",
                    "'relief_fund', 1, 'held', null, 1",
                    "'relief_fund', 1, 'captured', null, 1",
                    "'relief_fund', 1, 'released', now(), 2",
                    "'relief_fund', 1, 'released', now(), 0",
                ],
            ),
        ),
        (
            "clearing_pays_something",
            rows(CLEARING, &["1, array[gen_random_uuid()], '{1}'"]),
            rows(CLEARING, &["0, array[gen_random_uuid()], '{0}'", "1, '{}', '{}'"]),
        ),
        (
            "clearing_says_what_each_settlement_gets",
            rows(CLEARING, &["1, array[gen_random_uuid()], '{}'"]),
            rows(CLEARING, &["1, array[gen_random_uuid()], '{1,1}'"]),
        ),
        (
            "what_is_under_way_is_not_given_back",
            rows(UNDER_WAY, &[&format!("{ONE}, 'captured', now(), 1"), &format!("{ONE}, 'held', null, 0")]),
            rows(UNDER_WAY, &[&format!("{ONE}, 'released', now(), 1")]),
        ),
    ]
}
