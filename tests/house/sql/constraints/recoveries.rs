//! Rules of recoveries.

use crate::sql::constraints::{Tried, rows};

const RECOVERY: &str = "insert into recovery (
    city, id, case_id, fund_id, division, debtor, party, authority_ref, imposed_by, imposed_at, version, overpaid, to_fund, dues, amounts,
    principal, fine, repaid_principal, repaid_fine, written_off_principal, written_off_fine, state, refunded
) values (
    '3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '340303001', gen_random_uuid(), '', 'a', 'o', now(), 1, 5, 0, '{2026-12-01}',
    '{10}', ";
const OF: &str = "insert into recovery (
    city, id, fund_id, division, debtor, party, authority_ref, imposed_by, imposed_at, version, overpaid, to_fund, dues, amounts,
    principal, fine, repaid_principal, repaid_fine, written_off_principal, written_off_fine, state, refunded, case_id, settlement_id
) values (
    '3403', gen_random_uuid(), gen_random_uuid(), '340303001', gen_random_uuid(), '', 'a', 'o', now(), 1, 0, 0, '{2026-12-01}',
    '{10}', 10, 0, 0, 0, 0, 0, 'open', 0, ";
const RECEIPT: &str = "insert into recovery_receipt (
    city, id, recovery_id, received_on, officer, at, reference, amount, principal, fine, overpaid, to_fund, to_treasury
) values ('3403', gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now(), 'o', now(), ";
const WRITE_OFF: &str =
    "insert into recovery_write_off (city, id, recovery_id, reason, note, at, principal, fine, officer, countersigned_by)
    values ('3403', gen_random_uuid(), gen_random_uuid(), 'hardship', '', now(), ";
const REFUND: &str = "insert into recovery_refund (city, id, recovery_id, at, reference, amount, officer, countersigned_by)
    values ('3403', gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now(), ";
const CANCELLATION: &str = "insert into recovery_cancellation (city, id, at, note, recovery_id, officer, countersigned_by)
    values ('3403', gen_random_uuid(), now(), '', ";

pub fn rules() -> Vec<Tried> {
    vec![
        ("recovery_has_a_principal", vec![], rows(RECOVERY, &["0, 10, 0, 0, 0, 0, 'open', 0", "10, -1, 0, 0, 0, 0, 'open', 0"])),
        (
            "recovery_is_for_a_case_or_a_settlement",
            rows(OF, &["gen_random_uuid(), null", "null, gen_random_uuid()"]),
            rows(OF, &["null, null", "gen_random_uuid(), gen_random_uuid()"]),
        ),
        (
            "recovery_takes_no_more_than_is_owed",
            rows(RECOVERY, &["10, 5, 4, 0, 3, 5, 'open', 0", "10, 5, 10, 5, 0, 0, 'settled', 0"]),
            rows(
                RECOVERY,
                &[
                    "10, 5, 8, 0, 3, 0, 'open', 0",
                    "10, 5, 10, 3, 0, 3, 'settled', 0",
                    "10, 5, 10, -1, 0, 0, 'open', 0",
                    "10, 5, 0, 0, -1, 0, 'open', 0",
                    "10, 5, 0, 0, 0, -1, 'open', 0",
                ],
            ),
        ),
        (
            "recovery_returns_what_was_repaid",
            vec![],
            // Nor is less than nothing repaid, of which nothing could return.
            [("0", "-1"), ("9", "-1"), ("9", "10")]
                .map(|(repaid, returned)| {
                    format!("{RECOVERY}10, 5, {repaid}, 0, 0, 0, 'open', 0)").replace("1, 5, 0,", &format!("1, 5, {returned},"))
                })
                .into_iter()
                .chain(rows(RECOVERY, &["10, 5, -1, 0, 0, 0, 'open', 0"]))
                .collect(),
        ),
        (
            "cancelled_recovery_keeps_nothing",
            rows(RECOVERY, &["10, 5, 0, 0, 3, 0, 'cancelled', 5"]),
            rows(RECOVERY, &["10, 5, 1, 0, 0, 0, 'cancelled', 0", "10, 5, 10, 5, 0, 0, 'cancelled', 0"]),
        ),
        (
            "recovery_refunds_what_was_overpaid",
            rows(RECOVERY, &["10, 0, 10, 0, 0, 0, 'settled', 5"]),
            rows(RECOVERY, &["10, 0, 10, 0, 0, 0, 'settled', 6", "10, 0, 10, 0, 0, 0, 'settled', -1"]),
        ),
        (
            "recovery_is_open_while_something_is_owed",
            rows(RECOVERY, &["10, 0, 5, 0, 5, 0, 'written_off', 0"]),
            rows(
                RECOVERY,
                &["10, 0, 9, 0, 0, 0, 'settled', 0", "10, 0, 10, 0, 0, 0, 'open', 0", "10, 5, 5, 0, 5, 0, 'written_off', 0"],
            ),
        ),
        (
            "recovery_is_due_in_instalments",
            vec![],
            ["'{}'", "'{5,5}'"]
                .map(|amounts| format!("{RECOVERY}10, 0, 0, 0, 0, 0, 'open', 0)").replace("'{10}'", amounts))
                .into(),
        ),
        ("receipt_is_counted_once", rows(RECEIPT, &["'B-1', 1, 1, 0, 0, 1, 0"]), rows(RECEIPT, &["'B-1', 1, 1, 0, 0, 1, 0"])),
        (
            "receipt_is_split_wholly",
            rows(RECEIPT, &["'B-2', 6, 1, 2, 3, 1, 2"]),
            rows(RECEIPT, &["'B-3', 7, 1, 2, 3, 1, 2", "'B-3', 0, 0, 0, 0, 0, 0", "'B-3', 1, 1, 1, -1, 1, 1"]),
        ),
        (
            "fine_never_returns_to_a_fund",
            rows(RECEIPT, &["'B-4', 3, 1, 2, 0, 0, 3"]),
            rows(RECEIPT, &["'B-5', 3, 1, 2, 0, 2, 1", "'B-5', 3, 1, 2, 0, 1, 1", "'B-5', 3, 1, 2, 0, -1, 4"]),
        ),
        (
            "write_off_gives_something_up",
            rows(WRITE_OFF, &["0, 1, 'a', 'b'"]),
            rows(WRITE_OFF, &["0, 0, 'a', 'b'", "-1, 2, 'a', 'b'"]),
        ),
        ("nobody_writes_off_alone", vec![], rows(WRITE_OFF, &["1, 0, 'a', 'a'"])),
        ("refund_is_made_once", rows(REFUND, &["'R-1', 1, 'a', 'b'"]), rows(REFUND, &["'R-1', 2, 'a', 'b'"])),
        ("refund_has_an_amount", vec![], rows(REFUND, &["'R-2', 0, 'a', 'b'"])),
        (
            "recovery_is_taken_back_once",
            rows(CANCELLATION, &["'00000000-0000-0000-0000-000000000001', 'a', 'b'"]),
            rows(CANCELLATION, &["'00000000-0000-0000-0000-000000000001', 'a', 'c'"]),
        ),
        ("nobody_cancels_alone", vec![], rows(CANCELLATION, &["gen_random_uuid(), 'a', 'a'"])),
        ("nobody_refunds_alone", vec![], rows(REFUND, &["'R-2', 1, 'a', 'a'"])),
    ]
}
