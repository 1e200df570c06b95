//! Every rule that Postgres keeps, by its name, with a row that breaks it.

mod hooks;
mod publications;
mod recoveries;
mod registers;
mod settlements;
mod statements;
mod stores_and_boxes;
mod waivers;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiujinan::book::HoldState;
use jiujinan::db::Role;
use tokio_postgres::Client;

use crate::sql::connect_as;
use crate::world::Database;

const FUND: &str = "insert into fund (city, id, division, kind, name, target, floor, opened_at";
const CASE: &str = "insert into aid_case (
    city, id, street, division, fund_id, incident_id, cause, code, person, handler, accepted_at, completion_due_provisional, missing,
    sealed, policy_version, decision, question, payments, parties, fund_version, members, day, ordinal, state, lane, approver, requested, granted, granted_on, queued,
    queue_place
) values (
    '3403', gen_random_uuid(), '340303001', '340303001', gen_random_uuid(), gen_random_uuid(), 'fire', 'APPROVED', gen_random_uuid(), 'clerk',
    now(), false, '{}', false, 'p', '{}', '{}', '[]', '\\x00', 1, '{}', '2026-11-21', ";
const ENTRY: &str = "insert into entry (city, fund_id, version, ordinal, at, debit, credit, amount, credited, held, paid)
    values ('3403', gen_random_uuid(), 1, 0, now(), ";
const HOLD: &str =
    "insert into hold (city, id, fund_id, case_id, held_at, payment_id, amount, state, expires_at, resolved_at, resolutions)
    values ('3403', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), ";

const INSTRUCTION: &str = "insert into instruction (city, payment_id, case_id, bytes, next_at, made_at, state, resolved_at)
    values ('3403', gen_random_uuid(), gen_random_uuid(), '', now(), now(), ";

const MERGE: &str = "insert into identity_merge (city, case_id, id, place, officer, at, party, ordinal, undoes, person_from, person_to, findings, released)
    values ('3403', '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 0, 'clerk', now(), '', ";
const TWO: &str = "gen_random_uuid(), gen_random_uuid()";

/// A person, a key, a token.
pub const ONE: &str = "'00000000-0000-0000-0000-000000000001'";

fn claim(slot: i16) -> Vec<String> {
    vec![format!(
        "insert into claim (city, person, cause, slot, day, incident_id, case_id)
            values ('3403', {ONE}, 'fire', {slot}, now(), gen_random_uuid(), gen_random_uuid())"
    )]
}

fn answer(status: u16) -> Vec<String> {
    vec![format!(
        "insert into answer (city, key, fingerprint, status, body, at) values ('3403', {ONE}, '\\x01', {status}, '', now())"
    )]
}

/// A case that asks for 10.
fn case(ordinal: u8, state: &str, lane: &str, approver: &str, granted: u8) -> String {
    let day = if granted > 0 { "'2026-11-22'" } else { "null" };
    format!("{CASE}{ordinal}, '{state}', '{lane}', {approver}, 10, {granted}, {day}, 0, null)")
}

/// A case that is granted 10, of which a part waits for the next top-up: amount and place.
fn queued(ordinal: u8, state: &str, queue: &str) -> String {
    case(ordinal, state, "quick", "null", 10).replace("0, null)", &format!("{queue})"))
}

/// A fund with further columns.
fn fund(columns: &str, values: &str) -> String {
    format!("{FUND}{columns}) values ('3403', gen_random_uuid(), '340303001', 'relief_fund', 'n', 0, 100, now(){values})")
}

pub fn rows(start: &str, rest: &[&str]) -> Vec<String> {
    rest.iter().map(|rest| format!("{start}{rest})")).collect()
}

/// Name of a rule, rows that it lets through, rows that it refuses (each a statement of its own).
pub type Tried = (&'static str, Vec<String>, Vec<String>);

/// Every rule.
fn rules() -> Vec<Tried> {
    let registers =
        [registers::rules(), hooks::rules(), settlements::rules(), statements::rules(), waivers::rules(), publications::rules()]
            .concat();
    [of_the_book(), stores_and_boxes::rules(), recoveries::rules(), registers].concat()
}

fn of_the_book() -> Vec<Tried> {
    let one = |text: &str| vec![text.to_owned()];
    let totals = |credited: i64, held: i64, paid: i64| fund(", credited, held, paid", &format!(", {credited}, {held}, {paid}"));
    let limit = |column: &str| fund(&format!(", {column}"), ", -1");
    vec![
        ("fund_lies_in_its_city", vec![], one(&fund("", "").replace("'340303001'", "'340103001'"))),
        (
            "fund_is_never_overspent",
            vec![totals(300, 100, 100)],
            vec![totals(100, 101, 0), totals(100, 0, 101), totals(100, 51, 50)],
        ),
        ("fund_keeps_its_floor", vec![totals(50, 0, 0)], vec![totals(200, 101, 0), totals(200, 0, 101), totals(200, 51, 50)]),
        (
            "fund_totals_are_never_negative",
            vec![],
            vec![
                totals(-1, -1, 0).replace(" 0, 100,", " 0, 0,"),
                totals(200, -1, 0),
                totals(200, 0, -1),
                fund(", day_granted", ", -1"),
            ],
        ),
        (
            "fund_limits_are_never_negative",
            one(&fund(", case_cap", ", 0")),
            vec![
                limit("case_cap"),
                limit("fund_day_cap"),
                limit("person_year_cap"),
                limit("officer_day_cap"),
                fund("", "").replace(" 0, 100,", " -1, 100,"),
                fund("", "").replace(" 0, 100,", " 0, -1,"),
            ],
        ),
        (
            "one_reserve_a_division",
            one(&fund("", "").replace("relief_fund", "street_reserve")),
            one(&fund("", "").replace("relief_fund", "street_reserve")),
        ),
        (
            "entry_moves_money",
            rows(ENTRY, &["'available', 'paid', 1, 1, 0, 1"]),
            rows(ENTRY, &["'available', 'paid', 0, 1, 0, 1", "'available', 'paid', -1, 1, 0, 1", "'paid', 'paid', 1, 1, 0, 1"]),
        ),
        (
            "entry_leaves_nothing_overspent",
            vec![],
            rows(ENTRY, &["'available', 'paid', 1, 1, 1, 1", "'available', 'held', 1, 0, 1, 0"]),
        ),
        ("hold_has_an_amount", vec![], rows(HOLD, &["null, 0, 'held', null, null, 0", "null, -1, 'held', null, null, 0"])),
        (
            "hold_resolves_once",
            rows(HOLD, &["null, 1, 'held', now(), null, 0", "null, 1, 'captured', null, now(), 1"]),
            rows(
                HOLD,
                &[
                    "null, 1, 'held', null, now(), 0",
                    "null, 1, 'held', null, null, 1",
                    "null, 1, 'captured', null, null, 1",
                    "null, 1, 'captured', null, now(), 0",
                    "null, 1, 'captured', null, now(), 2",
                    "null, 1, 'released', null, null, 1",
                    "null, 1, 'expired', null, null, 1",
                    "null, 1, 'expired', null, now(), 2",
                ],
            ),
        ),
        (
            "instruction_ends_with_a_result",
            rows(INSTRUCTION, &["'dispatched', null", "'unknown', null", "'paid', now()"]),
            rows(
                INSTRUCTION,
                &["'dispatched', now()", "'unknown', now()", "'paid', null", "'refused', null", "'returned', null"],
            ),
        ),
        ("hold_of_an_instruction_never_expires", vec![], rows(HOLD, &["gen_random_uuid(), 1, 'held', now(), null, 0"])),
        ("fund_owes_no_less_than_nothing", one(&fund(", loaned", ", 0")), one(&fund(", loaned", ", -1"))),
        (
            "person_usage_is_never_negative",
            one("insert into person (city, person, year, year_granted) values ('3403', gen_random_uuid(), 2026, 0)"),
            one("insert into person (city, person, year, year_granted) values ('3403', gen_random_uuid(), 2026, -1)"),
        ),
        (
            "officer_usage_is_never_negative",
            one("insert into officer (city, officer, day, day_granted) values ('3403', 'a', '2026-01-01', 0)"),
            one("insert into officer (city, officer, day, day_granted) values ('3403', 'b', '2026-01-01', -1)"),
        ),
        (
            "nobody_decides_their_own",
            vec![case(1, "paid", "advance", "'approver'", 10)],
            vec![case(2, "paid", "advance", "'clerk'", 10), case(2, "refused", "quick", "'clerk'", 0)],
        ),
        (
            "case_grants_no_more_than_asked",
            vec![case(3, "paid", "quick", "null", 10)],
            vec![case(4, "paid", "quick", "null", 11)],
        ),
        (
            "only_a_granted_case_grants",
            ["accepted", "refused", "declined", "withdrawn", "expired"]
                .into_iter()
                .zip(20..)
                .map(|(state, ordinal)| case(ordinal, state, "quick", "null", 0))
                .chain(
                    (30..)
                        .zip(["approved", "paying", "paid", "completed"])
                        .map(|(ordinal, state)| case(ordinal, state, "quick", "null", 1)),
                )
                .collect(),
            ["accepted", "refused", "declined", "withdrawn", "expired"]
                .map(|state| case(5, state, "quick", "null", 1))
                .into_iter()
                .chain(["approved", "paying", "paid", "completed"].map(|state| case(5, state, "quick", "null", 0)))
                .collect(),
        ),
        ("granted_case_knows_its_day", vec![], one(&case(6, "paid", "quick", "null", 10).replace("'2026-11-22'", "null"))),
        (
            "completed_case_misses_no_paper",
            one(&case(7, "paid", "quick", "null", 10).replace("'{}', false", "'{id_card}', false")),
            one(&case(8, "completed", "quick", "null", 10).replace("'{}', false", "'{id_card}', false")),
        ),
        (
            "queue_is_part_of_the_grant",
            vec![queued(9, "approved", "4, 7"), queued(10, "paying", "10, 8")],
            ["-1, 7", "11, 7", "4, null", "0, 7"].map(|queue| queued(11, "approved", queue)).into(),
        ),
        ("queued_case_is_not_paid_out", vec![], vec![queued(12, "paid", "4, 7"), queued(12, "completed", "4, 7")]),
        ("advance_lane_needs_two", vec![case(13, "refused", "advance", "null", 0)], vec![case(14, "paid", "advance", "null", 1)]),
        ("case_numbers_are_unique", vec![], vec![case(1, "paid", "quick", "null", 10)]),
        ("merge_joins_two_persons", vec![], rows(MERGE, &[&format!("1, null, {ONE}, {ONE}, '{{}}', 0")])),
        (
            "merges_are_counted_from_one",
            rows(MERGE, &[&format!("1, null, {TWO}, '{{}}', 0")]),
            rows(MERGE, &[&format!("0, null, {TWO}, '{{}}', 0")]),
        ),
        (
            "undo_follows_its_merge",
            rows(MERGE, &[&format!("2, 1, {TWO}, '{{}}', 0")]),
            rows(MERGE, &[&format!("3, 3, {TWO}, '{{}}', 0")]),
        ),
        (
            "only_a_merge_releases",
            rows(MERGE, &[&format!("4, null, {TWO}, '{{SAME_CAUSE}}', 7")]),
            rows(
                MERGE,
                &[
                    &format!("5, 4, {TWO}, '{{SAME_CAUSE}}', 0"),
                    &format!("5, 4, {TWO}, '{{}}', 7"),
                    &format!("5, null, {TWO}, '{{}}', -1"),
                ],
            ),
        ),
        ("merge_is_taken_back_once", vec![], rows(MERGE, &[&format!("6, 1, {TWO}, '{{}}', 0")])),
        ("claim_slots_are_counted_from_one", claim(1), claim(0)),
        ("claim_pkey", vec![], claim(1)),
        ("answer_pkey", answer(201), answer(409)),
        (
            "countersign_use_pkey",
            one(&format!("insert into countersign_use (city, token, used_at) values ('3403', {ONE}, now())")),
            one(&format!("insert into countersign_use (city, token, used_at) values ('3403', {ONE}, now())")),
        ),
        (
            "division_code_has_digits",
            one("insert into division (code, name) values ('3498', '')"),
            ["", "34", "34030", "3403030012", "34030x"]
                .map(|code| format!("insert into division (code, name) values ('{code}', '')"))
                .into(),
        ),
        (
            "calendar_span_runs_forward",
            one("insert into calendar_span values ('1990-01-01', '1990-01-01')"),
            one("insert into calendar_span values ('1991-01-02', '1991-01-01')"),
        ),
    ]
}

/// The rule that a statement breaks; none when it goes through.
async fn broken(client: &Client, sql: &str) -> Option<String> {
    let error = client.batch_execute(sql).await.err()?;
    let refusal = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
    Some(refusal.constraint().unwrap_or_else(|| panic!("{} in {sql}", refusal.message())).to_owned())
}

#[tokio::test]
async fn each_rule_refuses_what_it_is_named_for_and_nothing_else() {
    let client = Database::new().await;
    let client = client.client().await;
    for (rule, good, bad) in rules() {
        for row in good {
            assert_eq!(broken(&client, &row).await, None, "{rule}: {row}");
        }
        for row in bad {
            assert_eq!(broken(&client, &row).await.as_deref(), Some(rule), "{row}");
        }
    }
}

#[tokio::test]
async fn every_rule_of_the_schema_is_tried() {
    let database = Database::new().await;
    let sql = "select conname::text from pg_constraint where connamespace = 'jiujinan'::regnamespace and contype <> 'p'
        union all
        select indexrelid::regclass::text from pg_index join pg_class on pg_class.oid = indexrelid
        where indisunique and not indisprimary and relnamespace = 'jiujinan'::regnamespace";
    let found: BTreeSet<String> = database.client().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let tried: BTreeSet<String> = rules().into_iter().map(|(rule, ..)| rule.to_owned()).collect();
    let untried: Vec<_> = found.difference(&tried).collect();
    assert!(untried.is_empty(), "{untried:?}");
}

#[tokio::test]
async fn every_key_of_a_citys_rows_holds_the_city() {
    let database = Database::new().await;
    let sql = "select indexrelid::regclass::text from pg_index
        join pg_class on pg_class.oid = indrelid
        join pg_attribute as city on city.attrelid = indrelid and city.attname = 'city'
        where relnamespace = 'jiujinan'::regnamespace and indisunique and city.attnum <> all (indkey)";
    let wrong: Vec<String> = database.client().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_resolved_is_never_resolved_again_by_the_books_own_statement() {
    let database = Database::new().await;
    let owner = database.client().await;
    let insert = format!("{HOLD}null, 1, 'held', null, null, 0) returning id");
    let hold: uuid::Uuid = owner.query_one(&insert, &[]).await.unwrap().get(0);
    let book = connect_as(&database, Role::Book).await;
    let resolve = book.prepare(include_str!("../../../sql/book/resolve_holds.sql")).await.unwrap();
    let resolved = async |state: HoldState| {
        book.execute(&resolve, &[&vec!["3403"], &vec![hold], &vec![state], &Timestamp::UNIX_EPOCH]).await
    };

    assert_eq!(resolved(HoldState::Captured).await.unwrap(), 1);

    for again in [HoldState::Released, HoldState::Expired, HoldState::Captured] {
        let refusal = resolved(again).await.unwrap_err();
        assert_eq!(refusal.as_db_error().unwrap().constraint(), Some("hold_resolves_once"), "{again:?}");
    }
    let state: String = owner.query_one("select state::text from hold", &[]).await.unwrap().get(0);
    assert_eq!(state, "captured");
}
