//! Rules of statements.

use crate::sql::constraints::{ONE, Tried, rows};

const STATEMENT: &str = "insert into statement (
    city, id, fund_id, opening, closing, imported_by, imported_at, account, sequence, file_sha256, from_day, to_day, lines
) values ('3403', gen_random_uuid(), gen_random_uuid(), 0, 0, 'f', now(), ";
const LINE: &str = "insert into statement_line (
    city, statement_id, ordinal, fund_id, file_line, booked_on, value_on, keys, payees, texts, amount, hint
) values ('3403', gen_random_uuid(), 1, gen_random_uuid(), 1, now(), now(), '{}', '{}', '', ";
const MATCH: &str = "insert into statement_match (
    city, ordinal, amount, officer, at, statement_id, line, fund_id, version, key, countersigned_by
) values ('3403', 0, 1, 'f', now(), ";
const BOOKING: &str = "insert into statement_booking (
    city, statement_id, fund_id, version, ordinal, officer, at, line, countersigned_by, code, account
) values ('3403', gen_random_uuid(), gen_random_uuid(), 1, 0, 'f', now(), ";

pub fn rules() -> Vec<Tried> {
    let (days, any) = ("'2026-11-01', '2026-11-30'", "gen_random_uuid()");
    vec![
        (
            "statement_file_is_taken_once",
            rows(STATEMENT, &[&format!("{ONE}, 1, '\\x01', {days}, 0")]),
            rows(STATEMENT, &[&format!("{any}, 2, '\\x01', {days}, 0")]),
        ),
        (
            "statement_of_an_account_is_taken_once",
            rows(STATEMENT, &[&format!("{ONE}, 2, '\\x02', {days}, 0"), &format!("{any}, 1, '\\x03', {days}, 0")]),
            rows(STATEMENT, &[&format!("{ONE}, 1, '\\x04', {days}, 0")]),
        ),
        (
            "statement_ends_after_it_begins",
            vec![],
            rows(
                STATEMENT,
                &[&format!("{any}, 1, '\\x05', '2026-11-02', '2026-11-01', 0"), &format!("{any}, 1, '\\x05', {days}, -1")],
            ),
        ),
        ("line_moves_money", rows(LINE, &["1, null", "-1, null"]), rows(LINE, &["0, null"])),
        (
            "hint_is_of_a_word",
            rows(LINE, &["1, 'INTEREST'", "-1, 'FEE'"]),
            rows(LINE, &["1, 'UNKNOWN_CREDIT'", "1, 'RETURNED_PAYMENT'"]),
        ),
        (
            "line_is_matched_once",
            rows(MATCH, &[&format!("{ONE}, 1, {any}, 1, {any}, null"), &format!("{ONE}, 2, {any}, 1, null, 'a'")]),
            rows(MATCH, &[&format!("{ONE}, 1, {any}, 2, {any}, null")]),
        ),
        (
            "movement_is_matched_once",
            rows(MATCH, &[&format!("{any}, 1, {ONE}, 1, {any}, null"), &format!("{any}, 1, {ONE}, 2, {any}, null")]),
            rows(MATCH, &[&format!("{any}, 1, {ONE}, 1, {any}, null")]),
        ),
        ("match_is_exact_or_signed_by_two", vec![], rows(MATCH, &[&format!("{any}, 1, {any}, 1, null, null")])),
        ("nobody_matches_alone", vec![], rows(MATCH, &[&format!("{any}, 1, {any}, 1, null, 'f'")])),
        ("nobody_books_alone", vec![], rows(BOOKING, &["1, 'f', 'INTEREST', 'interest_payable'"])),
        (
            "account_fits_the_code",
            rows(
                BOOKING,
                &[
                    "1, 'a', 'INTEREST', 'interest_payable'",
                    "1, 'a', 'FEE', 'receivable'",
                    "1, 'a', 'UNKNOWN_CREDIT', 'other_payable'",
                    "1, 'a', 'RETURNED_PAYMENT', 'held'",
                ],
            ),
            rows(
                BOOKING,
                &[
                    "1, 'a', 'INTEREST', 'available'",
                    "1, 'a', 'UNKNOWN_CREDIT', 'available'",
                    "1, 'a', 'RETURNED_PAYMENT', 'available'",
                    "1, 'a', 'MISSING_HERE', 'receivable'",
                ],
            ),
        ),
    ]
}
