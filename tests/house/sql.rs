//! The database as the house needs it: every query runs in its role, the schema is the one kept, grants and constraints hold.

mod constraints;
mod evidence;
mod grants;

use std::collections::BTreeSet;
use std::process::Command;

use jiujinan::db::{self, Role};
use tokio_postgres::{Client, Config};

use crate::snapshot;
use crate::source::{files, read};
use crate::world::{Database, World, cluster};

/// Who runs the queries of a folder; the first line that fits.
const USED_BY: &[(&str, Runs)] = &[
    ("sql/migrations/", Runs::Migration),
    ("sql/schema.sql", Runs::Snapshot),
    ("sql/db/bootstrap.sql", Runs::Migration),
    ("sql/db/create_database.sql", Runs::Migration),
    ("sql/db/find_database.sql", Runs::As(None)),
    ("sql/db/", Runs::As(Some(Role::Api))),
    ("sql/book/", Runs::As(Some(Role::Book))),
    ("sql/policy/import_", Runs::As(Some(Role::Owner))),
    ("sql/policy/versions_count.sql", Runs::As(Some(Role::Owner))),
    ("sql/policy/", Runs::As(Some(Role::Api))),
    ("sql/alarm/", Runs::As(Some(Role::Api))),
    ("sql/hospital/newest.sql", Runs::As(Some(Role::Api))),
    ("sql/hospital/", Runs::As(Some(Role::Book))),
    ("sql/roster/standing.sql", Runs::As(Some(Role::Api))),
    ("sql/roster/stage.sql", Runs::Whole),
    ("sql/roster/staged.sql", Runs::Whole),
    ("sql/roster/copy.sql", Runs::Whole),
    ("sql/roster/versions.sql", Runs::As(Some(Role::Api))),
    ("sql/roster/", Runs::As(Some(Role::Book))),
    ("sql/transfer/claim.sql", Runs::As(Some(Role::Book))),
    ("sql/transfer/later.sql", Runs::As(Some(Role::Book))),
    ("sql/transfer/", Runs::As(Some(Role::Api))),
    ("sql/case/", Runs::As(Some(Role::Api))),
    ("sql/custody/", Runs::As(Some(Role::Api))),
    ("sql/fund/", Runs::As(Some(Role::Api))),
    ("sql/goods/", Runs::As(Some(Role::Api))),
    ("sql/hook/claim.sql", Runs::As(Some(Role::Book))),
    ("sql/hook/forget.sql", Runs::As(Some(Role::Book))),
    ("sql/hook/settle.sql", Runs::As(Some(Role::Book))),
    ("sql/hook/", Runs::As(Some(Role::Api))),
    ("sql/incident/", Runs::As(Some(Role::Api))),
    ("sql/publicity/find.sql", Runs::As(Some(Role::Api))),
    ("sql/publicity/list.sql", Runs::As(Some(Role::Api))),
    ("sql/publicity/rows.sql", Runs::As(Some(Role::Api))),
    ("sql/publicity/", Runs::As(Some(Role::Book))),
    ("sql/report/", Runs::As(Some(Role::Api))),
    ("sql/recovery/", Runs::As(Some(Role::Api))),
    ("sql/waiver/insert_checks.sql", Runs::As(Some(Role::Book))),
    ("sql/waiver/", Runs::As(Some(Role::Api))),
    ("sql/settlement/", Runs::As(Some(Role::Api))),
    ("sql/statement/stage.sql", Runs::Whole),
    ("sql/statement/copy.sql", Runs::Whole),
    ("sql/statement/lock.sql", Runs::As(Some(Role::Book))),
    ("sql/statement/before.sql", Runs::As(Some(Role::Book))),
    ("sql/statement/insert", Runs::As(Some(Role::Book))),
    ("sql/statement/", Runs::As(Some(Role::Api))),
];

#[derive(Clone, Copy)]
enum Runs {
    /// Whole, by `migrate`.
    Migration,
    /// As it is, and not as a query: `tests/window/roster.rs` and `tests/window/statements.rs` run it.
    Whole,
    /// Never: it is a copy.
    Snapshot,
    /// As a query of a role; none is whoever connects.
    As(Option<Role>),
}

/// A connection in a role.
pub async fn connect_as(database: &Database, role: Role) -> Client {
    cluster::connect(&db::session_config(&database.config, role, &[])).await
}

#[tokio::test]
async fn every_query_runs_in_the_role_that_uses_it() {
    let database = Database::new().await;
    let (book, api) = (connect_as(&database, Role::Book).await, connect_as(&database, Role::Api).await);
    let (owner, plain) = (connect_as(&database, Role::Owner).await, database.client().await);
    // What the merge of a roster reads stands on the connection of the import.
    book.batch_execute(&read("sql/roster/stage.sql")).await.unwrap();
    book.batch_execute(&read("sql/statement/stage.sql")).await.unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for path in files("sql", ".sql").iter().filter(|path| !path.starts_with("sql/audit/")) {
        let Some((_, runs)) = USED_BY.iter().find(|(start, _)| path.starts_with(start)) else {
            wrong.push(format!("{path}: nobody is said to use it"));
            continue;
        };
        let client = match runs {
            Runs::Migration | Runs::Snapshot | Runs::Whole => continue,
            Runs::As(None) => &plain,
            Runs::As(Some(Role::Book)) => &book,
            Runs::As(Some(Role::Api)) => &api,
            Runs::As(Some(Role::Owner)) => &owner,
        };
        tried += 1;
        if let Err(error) = plan(client, &read(path)).await {
            wrong.push(format!("{path}: {}", db::describe(&error)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 30, "only {tried} queries were found");
}

/// Prepares a query, and lets the server plan it: only then it looks at grants.
async fn plan(client: &Client, sql: &str) -> Result<(), tokio_postgres::Error> {
    let statement = client.prepare(sql).await?;
    let nulls = vec!["null"; statement.params().len()].join(", ");
    let call = if nulls.is_empty() { "probe".to_owned() } else { format!("probe({nulls})") };
    client.batch_execute(&format!("prepare probe as {sql}; explain execute {call}; deallocate probe")).await
}

#[tokio::test]
async fn the_invariants_can_be_asked_and_are_asked_of_an_empty_city() {
    let database = Database::new().await;
    let broken = database.client().await.query(&read("sql/audit/invariants.sql"), &[]).await.unwrap();
    assert!(broken.is_empty());
}

#[test]
fn every_query_says_what_it_is_for() {
    let silent: Vec<_> = files("sql", ".sql")
        .into_iter()
        .filter(|path| path != "sql/schema.sql")
        .filter(|path| read(path).lines().next().is_none_or(|line| !line.starts_with("-- ") || line.len() < 12))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let numbers: Vec<_> = files("sql/migrations", ".sql")
        .iter()
        .map(|path| path.strip_prefix("sql/migrations/V").unwrap().split("__").next().unwrap().parse::<usize>().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_migrated_schema_is_the_one_in_the_repository() {
    let database = Database::new().await;
    let cluster = cluster::cluster().await;
    let dumped = Command::new(program("pg_dump"))
        .args(["--schema-only", "--schema=jiujinan", "--username", cluster.superuser(), "--dbname", database.name()])
        .arg("--host")
        .arg(cluster.socket_dir())
        .args(["--port", &cluster.port().to_string()])
        .output()
        .unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    let text = normalised(&String::from_utf8(dumped.stdout).unwrap());
    let head = "-- The migrated schema: tables, constraints, owners and grants. Generated by `UPDATE_SNAPSHOTS=1 cargo nextest run --test house`.\n\n";
    snapshot::check("sql/schema.sql", &format!("{head}{text}"));
}

/// The highest installed version of a program, or the one on PATH.
fn program(name: &str) -> std::path::PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, std::path::PathBuf)> = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name))))
        .filter(|(_, path)| path.is_file())
        .collect();
    versions.sort();
    versions.pop().map_or_else(|| name.into(), |(_, path)| path)
}

/// What does not differ from one minor version or run to the next: no comments, no settings of the session, one blank line.
fn normalised(dump: &str) -> String {
    let noise = |line: &&str| {
        !(line.starts_with("--")
            || line.starts_with("SET ")
            || line.starts_with("SELECT pg_catalog.set_config")
            || line.starts_with("\\restrict")
            || line.starts_with("\\unrestrict"))
    };
    let mut text = String::new();
    for line in dump.lines().filter(noise) {
        if !(line.is_empty() && (text.is_empty() || text.ends_with("\n\n"))) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.trim_end().to_owned() + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_at_once_and_again_changes_nothing() {
    let cluster = cluster::cluster().await;
    let admin: Config = cluster.url("postgres").parse().unwrap();
    let name = format!("m_{}", uuid::Uuid::new_v4().simple());
    let client = cluster::connect(&admin).await;
    client.batch_execute(&format!("create database {name} template template0")).await.unwrap();
    let config: Config = cluster.url(&name).parse().unwrap();
    let connector = cluster::connector();
    let (one, other) = tokio::join!(db::migrate(&config, &connector), db::migrate(&config, &connector));
    let all = files("sql/migrations", ".sql").len();
    assert_eq!(BTreeSet::from([one.unwrap(), other.unwrap()]), BTreeSet::from([0, all]));
    assert_eq!(db::migrate(&config, &connector).await.unwrap(), 0);
    client.batch_execute(&format!("drop database {name} with (force)")).await.unwrap();
}

/// A fund of each of two streets with a case, an entry and a hold, made through the interface.
pub async fn two_streets() -> World {
    use crate::world::{OTHER_STREET, STREET, case};
    let world = World::new().await;
    for street in [STREET, OTHER_STREET] {
        world.fund(street, 1_000_000).await;
        let mut body = case(street, 60_000);
        body["payments"] = serde_json::json!([{"method": "cash", "amount_fen": 10_000}]);
        world.fast_track(&body).send().await.expect(201);
    }
    world
}
