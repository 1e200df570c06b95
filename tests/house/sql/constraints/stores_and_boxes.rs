//! Rules of goods and cash boxes.

use crate::sql::constraints::{ONE, Tried, rows};

const GOODS_MOVE: &str = "insert into goods_move (city, goods_id, version, officer, at, kind, change, stock, case_id)
    values ('3403', gen_random_uuid(), 1, 'k', now(), ";

const SHIFT: &str = "insert into custody_shift (city, id, fund_id, street, custodian, opened_at, opened_version, paid_in, put_back, paid_between,
    paid_between_count, ordinal,
    opening, drawn, put_back_after, closed_at, closed_version, closed_by, paid, closing)
    values ('3403', gen_random_uuid(), '00000000-0000-0000-0000-000000000001', '340303001', gen_random_uuid()::text, now(), 1, 0, 0, 0, 0, ";

const DIFFERENCE: &str = "insert into cash_difference (
    city, id, shift_id, fund_id, street, found, found_at, holders, expected, amount, outcome, resolved_by, countersigned_by, resolved_at
) values ('3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '340303001', 'closing', now(), '{cashier}', 0, ";

/// Goods of a store.
fn goods(division: &str, value: i64, stock: i64) -> String {
    format!(
        "insert into goods (city, id, division, name, unit, value, stock, version, registered_by, registered_at)
            values ('3403', gen_random_uuid(), {division}, 'n', 'u', {value}, {stock}, 1, 'k', now())"
    )
}

/// An open shift of another box in the hands of somebody.
fn other_box(ordinal: &str, custodian: &str) -> String {
    let shift = SHIFT.replace("gen_random_uuid()::text", custodian).replace("000000000001", "000000000002");
    format!("{shift}{ordinal}, 0, 0, 0, null, null, null, null, null)")
}

/// A closed shift of a third box, before which so much was paid.
fn between(paid: &str) -> String {
    let shift =
        SHIFT.replace("000000000001", "000000000004").replace("now(), 1, 0, 0, 0, 0, ", &format!("now(), 1, 0, 0, {paid}, "));
    format!("{shift}9, 0, 0, 0, now(), 1, 'a', 0, 0)")
}

fn transfer(amount: i64) -> String {
    format!(
        "insert into cash_transfer (city, id, shift_id, fund_id, fund_version, direction, amount, reference, value_date, at)
            values ('3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'drawn', {amount}, 'r', now(), now())"
    )
}

pub fn rules() -> Vec<Tried> {
    let one = |text: &str| vec![text.to_owned()];
    let owed = DIFFERENCE.replace("'{cashier}', 0, ", "'{cashier}', -1, ");
    vec![
        (
            "shift_counts_no_less_than_nothing",
            rows(SHIFT, &["1, 0, 0, 0, now(), 1, 'a', 0, 0"]),
            rows(
                SHIFT,
                &["2, -1, 0, 0, now(), 1, 'a', 0, 0", "2, 0, -1, 0, now(), 1, 'a', 0, 0", "2, 0, 0, 0, now(), 1, 'a', 0, -1"],
            ),
        ),
        (
            "closed_shift_is_counted",
            rows(SHIFT, &["3, 5, 0, 7, now(), 1, 'a', 0, 5"]),
            rows(
                SHIFT,
                &[
                    "4, 0, 0, 0, null, 1, 'a', 0, 0",
                    "4, 0, 0, 0, now(), null, 'a', 0, 0",
                    "4, 0, 0, 0, now(), 1, null, 0, 0",
                    "4, 0, 0, 0, now(), 1, 'a', null, 0",
                    "4, 0, 0, 0, now(), 1, 'a', 0, null",
                    "4, 0, 0, 7, null, null, null, null, null",
                ],
            ),
        ),
        ("shifts_of_a_box_are_numbered", vec![], rows(SHIFT, &["1, 0, 0, 0, now(), 1, 'a', 0, 0"])),
        (
            "one_open_shift_a_box",
            rows(SHIFT, &["5, 0, 0, 0, null, null, null, null, null"]),
            rows(SHIFT, &["6, 0, 0, 0, null, null, null, null, null"]),
        ),
        (
            "one_open_shift_a_custodian",
            vec![other_box("7", "'holder'")],
            vec![other_box("8", "'holder'").replace("000000000002", "000000000003")],
        ),
        ("cash_transfer_moves_money", vec![transfer(1)], vec![transfer(0), transfer(-1)]),
        (
            "difference_is_one",
            rows(DIFFERENCE, &["-1, null, null, null, null"]),
            rows(DIFFERENCE, &["0, null, null, null, null"]),
        ),
        (
            "difference_is_resolved_by_two",
            rows(DIFFERENCE, &["1, 'explained', 'a', 'b', now()"]),
            rows(
                DIFFERENCE,
                &[
                    "1, 'explained', 'a', 'a', now()",
                    "1, 'explained', 'a', null, now()",
                    "1, 'explained', null, 'b', now()",
                    "1, 'explained', 'a', 'b', null",
                    "1, null, 'a', 'b', now()",
                ],
            ),
        ),
        (
            "nobody_resolves_what_they_held",
            vec![],
            rows(DIFFERENCE, &["1, 'explained', 'cashier', 'b', now()", "1, 'explained', 'a', 'cashier', now()"]),
        ),
        (
            "only_what_is_short_is_put_back",
            rows(DIFFERENCE, &["-1, 'replaced', 'a', 'b', now()"]),
            rows(DIFFERENCE, &["1, 'replaced', 'a', 'b', now()"]),
        ),
        (
            "what_nobody_recorded_is_explained",
            rows(&owed, &["1, 'explained', 'a', 'b', now()", "1, null, null, null, null"]),
            rows(&owed, &["1, 'booked', 'a', 'b', now()"]),
        ),
        (
            "what_is_paid_between_shifts_is_payments",
            vec![between("5, 1")],
            vec![between("5, 0"), between("0, 1"), between("0, -1")],
        ),
        (
            "one_difference_a_count",
            rows(
                &DIFFERENCE.replacen("gen_random_uuid(), gen_random_uuid()", &format!("gen_random_uuid(), {ONE}"), 1),
                &["1, null, null, null, null"],
            ),
            rows(
                &DIFFERENCE.replacen("gen_random_uuid(), gen_random_uuid()", &format!("gen_random_uuid(), {ONE}"), 1),
                &["1, null, null, null, null"],
            ),
        ),
        ("goods_lie_in_their_city", one(&goods("'340303'", 1, 0)), one(&goods("'340103001'", 1, 0))),
        ("goods_are_worth_something", vec![], vec![goods("'3403'", 0, 0), goods("'3403'", -1, 0)]),
        ("stock_is_never_overdrawn", vec![], one(&goods("'3403'", 1, -1))),
        (
            "goods_move_as_their_kind_says",
            rows(GOODS_MOVE, &["'delivered', 1, 1, null", "'counted', 0, 1, null", "'handed_out', -1, 0, gen_random_uuid()"]),
            rows(
                GOODS_MOVE,
                &[
                    "'delivered', -1, 1, null",
                    "'delivered', 1, 1, gen_random_uuid()",
                    "'handed_out', 1, 1, gen_random_uuid()",
                    "'handed_out', -1, 1, null",
                    "'counted', 0, 1, gen_random_uuid()",
                ],
            ),
        ),
        ("goods_move_leaves_a_stock", vec![], rows(GOODS_MOVE, &["'counted', -1, -1, null"])),
    ]
}
