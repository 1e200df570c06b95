//! Who may do what in the database: tables, rows, and nothing besides.

use jiujinan::db::{self, Role};

use crate::sql::{connect_as, two_streets};
use crate::world::{Database, OTHER_STREET, STREET};

/// What `jiujinan_book` and `jiujinan_api` may do with each table: Select, Insert, Update, Delete.
const GRANTS: &[(&str, &str, &str)] = &[
    // table                  book   api
    ("aid_case", "SIU", "S"),
    ("alarm", "SI", "S"),
    ("answer", "SI", ""),
    ("calendar_day", "S", "S"),
    ("calendar_span", "S", "S"),
    ("case_counter", "SIU", ""),
    ("case_note", "SI", "S"),
    // Five columns of it, see below.
    ("cash_difference", "SI", "S"),
    ("cash_signature", "SI", "S"),
    ("cash_transfer", "SI", "S"),
    ("claim", "SI", "S"),
    // Two columns of it, see below.
    ("clearing", "SI", "S"),
    ("countersign_use", "SI", ""),
    // Ten columns of it, see below.
    ("custody_shift", "SI", "S"),
    ("division", "S", "S"),
    ("entry", "SI", "S"),
    ("fund", "SIU", "S"),
    ("goods", "SIU", "S"),
    ("goods_move", "SI", "S"),
    // Three columns of it, see below.
    ("hold", "SI", "S"),
    // Five columns of it, see below.
    ("hook", "SI", "S"),
    // Eight columns of it, see below.
    ("hook_delivery", "SI", "S"),
    ("hook_forgotten", "S", ""),
    ("hospital", "SI", "S"),
    ("identity_merge", "SI", "S"),
    ("incident", "SIU", "S"),
    // Six columns of it, see below.
    ("instruction", "SI", ""),
    ("leaf", "SI", "S"),
    ("officer", "SIU", ""),
    ("paper", "SI", "S"),
    ("pending_leaf", "SI", ""),
    ("person", "SIU", ""),
    ("policy_version", "S", "S"),
    ("publication", "SI", "S"),
    ("publication_row", "SI", "S"),
    ("publication_take_down", "SI", "S"),
    // Nine columns of it, see below.
    ("recovery", "SI", "S"),
    ("recovery_cancellation", "SI", "S"),
    ("recovery_receipt", "SI", "S"),
    ("recovery_refund", "SI", "S"),
    ("recovery_write_off", "SI", "S"),
    ("referral", "SI", "S"),
    ("refinery_schema_history", "S", "S"),
    // Two columns of it, see below.
    ("roster_member", "SI", ""),
    ("roster_version", "SI", "S"),
    // Three columns of one, four of the other, see below.
    ("settlement", "SI", "S"),
    ("settlement_event", "SI", "S"),
    ("settlement_hold", "SI", "S"),
    ("settlement_message", "SI", ""),
    ("statement", "SI", "S"),
    ("statement_booking", "SI", "S"),
    ("statement_line", "SI", "S"),
    ("statement_match", "SI", "S"),
    ("waiver", "SI", "S"),
    ("waiver_check", "SI", "S"),
];

/// Columns with grants of their own: a hold keeps its amount, fund and case whatever happens, an instruction its bytes, a
/// shift what was counted at its opening, a difference what was found, a recovery what was imposed.
const COLUMNS: &[(&str, &str)] = &[
    ("cash_difference", "outcome"),
    ("cash_difference", "resolved_by"),
    ("cash_difference", "countersigned_by"),
    ("cash_difference", "resolved_at"),
    ("cash_difference", "note"),
    ("clearing", "state"),
    ("clearing", "version"),
    ("custody_shift", "drawn"),
    ("custody_shift", "paid_in"),
    ("custody_shift", "put_back"),
    ("custody_shift", "put_back_after"),
    ("custody_shift", "closed_at"),
    ("custody_shift", "closed_version"),
    ("custody_shift", "closed_by"),
    ("custody_shift", "paid"),
    ("custody_shift", "closing"),
    ("custody_shift", "note"),
    ("hold", "state"),
    ("hold", "resolved_at"),
    ("hold", "resolutions"),
    ("hook", "state"),
    ("hook", "rotation"),
    ("hook", "previous_until"),
    ("hook", "version"),
    ("hook", "ended_at"),
    ("hook_delivery", "state"),
    ("hook_delivery", "attempts"),
    ("hook_delivery", "next_at"),
    ("hook_delivery", "lease"),
    ("hook_delivery", "lease_until"),
    ("hook_delivery", "retry_until"),
    ("hook_delivery", "last_status"),
    ("hook_delivery", "ended_at"),
    ("instruction", "state"),
    ("instruction", "sent"),
    ("instruction", "next_at"),
    ("instruction", "lease_until"),
    ("instruction", "resolved_at"),
    ("instruction", "reference"),
    ("recovery", "state"),
    ("recovery", "repaid_principal"),
    ("recovery", "repaid_fine"),
    ("recovery", "to_fund"),
    ("recovery", "overpaid"),
    ("recovery", "refunded"),
    ("recovery", "written_off_principal"),
    ("recovery", "written_off_fine"),
    ("recovery", "version"),
    ("roster_member", "until_version"),
    ("roster_member", "left_on"),
    ("settlement", "parts"),
    ("settlement", "state"),
    ("settlement", "version"),
    ("settlement_hold", "state"),
    ("settlement_hold", "resolved_at"),
    ("settlement_hold", "resolutions"),
    ("settlement_hold", "clearing_id"),
    ("waiver", "state"),
    ("waiver", "closed_as"),
    ("waiver", "closed_at"),
    ("waiver", "left_at"),
    ("waiver", "version"),
];

#[tokio::test]
async fn each_role_may_do_what_it_needs_and_no_more() {
    let database = Database::new().await;
    let client = database.client().await;
    let sql = "select relname::text, owner.rolname::text,
            concat(may('book', 'select', 'S'), may('book', 'insert', 'I'), may('book', 'update', 'U'), may('book', 'delete', 'D'),
                may('book', 'truncate', 'T'), may('book', 'references', 'R'), may('book', 'trigger', 'G')),
            concat(may('api', 'select', 'S'), may('api', 'insert', 'I'), may('api', 'update', 'U'), may('api', 'delete', 'D'),
                may('api', 'truncate', 'T'), may('api', 'references', 'R'), may('api', 'trigger', 'G'))
        from pg_class join pg_roles as owner on owner.oid = relowner
        where relnamespace = 'jiujinan'::regnamespace and relkind in ('r', 'p', 'v', 'm') order by relname";
    let sql = regexed(sql);
    let found: Vec<(String, String, String, String)> =
        client.query(&sql, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let expected: Vec<(String, String, String, String)> = GRANTS
        .iter()
        .map(|(table, book, api)| (table.to_string(), "jiujinan_owner".into(), book.to_string(), api.to_string()))
        .collect();
    assert_eq!(found, expected);
    let columns = "select attrelid::regclass::text, attname::text, array_to_string(attacl, ' ') from pg_attribute
        where attacl is not null and attrelid::regclass::text !~ '^pg_' order by attrelid, attnum";
    let found: Vec<(String, String, String)> =
        client.query(columns, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected: Vec<(String, String, String)> = COLUMNS
        .iter()
        .map(|(table, column)| (table.to_string(), column.to_string(), "jiujinan_book=w/jiujinan_owner".into()))
        .collect();
    assert_eq!(found, expected);
}

/// `may('book', 'select', 'S')` as SQL.
fn regexed(sql: &str) -> String {
    let mut text = String::new();
    for part in sql.split("may('") {
        match part.split_once("')") {
            Some((call, rest)) if !text.is_empty() => {
                let words: Vec<&str> = call.split("', '").collect();
                let [role, right, letter] = words[..] else { panic!("{call}") };
                text.push_str(&format!(
                    "case when has_table_privilege('jiujinan_{role}', pg_class.oid, '{right}') then '{letter}' else '' end{rest}"
                ));
            }
            _ => text.push_str(part),
        }
    }
    text
}

#[tokio::test]
async fn the_roles_are_nobody_special() {
    let database = Database::new().await;
    let sql = "select rolname::text from pg_roles
        where rolname like 'jiujinan\\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolcanlogin)";
    let special: Vec<String> = database.client().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(special.is_empty(), "{special:?}");
    let member = "select count(*) from pg_auth_members where member::regrole::text in ('jiujinan_book', 'jiujinan_api')";
    assert_eq!(database.client().await.query_one(member, &[]).await.unwrap().get::<_, i64>(0), 0);
}

/// SQLSTATE of a statement, `00000` when it goes through.
pub(super) async fn state(client: &tokio_postgres::Client, sql: &str) -> String {
    match client.batch_execute(sql).await {
        Ok(()) => "00000".into(),
        Err(error) => error.code().map(|code| code.code().to_owned()).unwrap_or_else(|| db::describe(&error)),
    }
}

pub(super) const DENIED: &str = "42501";

#[tokio::test(flavor = "multi_thread")]
async fn readers_write_nothing() {
    let world = two_streets().await;
    let api = connect_as(&world.database, Role::Api).await;
    for change in [
        "update fund set name = ''",
        "delete from fund",
        "insert into division (code, name) values ('3499', '')",
        "insert into leaf (city, id, at, bytes) values ('3403', gen_random_uuid(), now(), '')",
        "insert into claim (city) values ('3403')",
        "delete from policy_version",
        "select from fund for no key update",
        "select from fund for key share",
        "select from person",
        "select from answer",
        "select from countersign_use",
        "create table jiujinan.mine (a int)",
    ] {
        assert_eq!(state(&api, change).await, DENIED, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_the_rows_of_their_scope_and_none_without_one() {
    let world = two_streets().await;
    let api = connect_as(&world.database, Role::Api).await;
    let count = async |scope: Option<&str>, table: &str| -> i64 {
        if let Some(scope) = scope {
            api.execute("select set_config('jiujinan.scope', $1, false)", &[&scope]).await.unwrap();
        }
        api.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap().get(0)
    };
    for table in [
        "fund",
        "incident",
        "aid_case",
        "entry",
        "hold",
        "claim",
        "leaf",
        "custody_shift",
        "cash_transfer",
        "cash_difference",
        "recovery",
        "recovery_receipt",
        "hook",
        "hook_delivery",
        "settlement",
        "settlement_event",
        "settlement_hold",
        "clearing",
    ] {
        assert_eq!(count(None, table).await, 0, "{table} without a scope");
        assert_eq!(count(Some(""), table).await, 0, "{table} with an empty scope");
    }
    // Scope, and what is in it of: funds, incidents, cases, entries (a top-up, a payment, what is held), holds, claims.
    for (scope, seen) in [
        ("3403", [2, 2, 2, 6, 2, 2]),
        ("340303", [1, 1, 1, 3, 1, 1]),
        (STREET, [1, 1, 1, 3, 1, 1]),
        (OTHER_STREET, [1, 1, 1, 3, 1, 1]),
        // An incident is there for the communities of its street as well.
        ("340303001001", [0, 1, 0, 0, 0, 0]),
        ("340303002", [0; 6]),
        ("3404", [0; 6]),
        ("34030", [2, 2, 2, 6, 2, 2]),
        ("%", [0; 6]),
        ("' or true --", [0; 6]),
    ] {
        for (table, rows) in ["fund", "incident", "aid_case", "entry", "hold", "claim"].into_iter().zip(seen) {
            assert_eq!(count(Some(scope), table).await, rows, "{table} of {scope}");
        }
        assert_eq!(count(Some(scope), "leaf").await, 0, "leaves are for auditors");
        for table in ["fund", "incident", "aid_case"] {
            let foreign = format!("select count(*) from {table} where not starts_with(division, '{STREET}')");
            let foreign: i64 = api.query_one(&foreign, &[]).await.unwrap().get(0);
            assert!(scope.len() < 6 || scope == OTHER_STREET || foreign == 0, "{table} of {scope}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_ends_with_its_transaction() {
    let world = two_streets().await;
    let mut api = connect_as(&world.database, Role::Api).await;
    let transaction = api.transaction().await.unwrap();
    transaction.execute(include_str!("../../../sql/db/set_scope.sql"), &[&"3403"]).await.unwrap();
    let seen: i64 = transaction.query_one("select count(*) from fund", &[]).await.unwrap().get(0);
    transaction.commit().await.unwrap();
    let after: i64 = api.query_one("select count(*) from fund", &[]).await.unwrap().get(0);
    assert_eq!((seen, after), (2, 0));
}
