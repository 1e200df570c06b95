//! Starting and stopping: several at once, again, with the wrong settings, under load, and as the README shows it.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use jiujinan::db::embedded::{Fsync, Options};
use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::Value;
use tokio::process::Command;

use crate::home::{Home, PATIENCE};
use crate::load::{Load, Manners, client};
use crate::process::{Process, run, serve};
use crate::random::seed;
use crate::world::cluster::connect;
use crate::world::{Ask, STREET, case};

/// An empty database of a data directory, without fsync.
async fn empty_database(home: &Home) -> String {
    let cluster = home.cluster_with(&Options { fsync: Fsync::Off, ..Options::default() }).await;
    connect(&cluster.url("postgres").parse().unwrap()).await.batch_execute("create database city").await.unwrap();
    cluster.url("city")
}

/// Asks until the status is the wanted one.
async fn eventually(ask: Ask, wanted: impl Fn(&crate::world::Answer) -> bool, within: Duration) -> Duration {
    let began = Instant::now();
    loop {
        let answer = ask.clone().send().await;
        if wanted(&answer) {
            return began.elapsed();
        }
        assert!(began.elapsed() < within, "not within {within:?}: {} {}", answer.status, answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_at_once_on_an_empty_database_migrate_it_once_and_are_ready() {
    let home = Home::new("start-at-once");
    let url = empty_database(&home).await;
    let servers = futures_util::future::join_all((0..4).map(|_| Process::serve(&home, &url, &[]))).await;
    let http = client();
    for server in &servers {
        let ready = Ask::new(&http, Method::GET, format!("http://{}/readyz", server.address));
        eventually(ready, |answer| answer.status == 200, PATIENCE).await;
    }
    let database = connect(&url.parse().unwrap()).await;
    let found = "select count(*), count(distinct version) from jiujinan.refinery_schema_history";
    let row = database.query_one(found, &[]).await.unwrap();
    let newest = i64::from(jiujinan::db::newest());
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (newest, newest));
    for server in servers {
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_migration_finds_nothing_to_do() {
    let home = Home::new("start-migrate");
    let url = empty_database(&home).await;
    let newest = jiujinan::db::newest();
    let (code, said, complaint) = run(&["migrate", "--database-url", &url]).await;
    assert_eq!((code, said), (0, format!("schema is at version {newest}, {newest} migrations applied\n")), "{complaint}");
    let (code, said, complaint) = run(&["migrate", "--database-url", &url]).await;
    assert_eq!((code, said), (0, format!("schema is at version {newest}, 0 migrations applied\n")), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_wrong_settings_says_which_and_exits() {
    let home = Home::new("start-wrong");
    let url = empty_database(&home).await;
    // What is right is made first.
    drop(serve(&home, &url));
    let (vault, jwks) = (home.path().join("vault"), home.path().join("issuer/jwks.json"));
    let (vault, right) = (vault.to_str().unwrap(), format!("urn:jiujinan:dev=EdDSA={}", jwks.display()));
    let (anywhere, listener) = ("127.0.0.1:0", std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let taken = listener.local_addr().unwrap().to_string();
    let unreadable = "postgresql://postgres:hunter2@127.0.0.1:port/city";
    let unreachable = "postgresql://postgres:hunter2@127.0.0.1:1/city";
    let nobody = "urn:jiujinan:dev=EdDSA=/nowhere/jwks.json";
    for (url, vault, issuer, listen, log, said) in [
        (unreadable, vault, right.as_str(), anywhere, "info", "the database URL can not be read"),
        (unreachable, vault, &right, anywhere, "info", "the database is unreachable"),
        (&url, "/nowhere/vault", &right, anywhere, "info", "the vault can not be opened"),
        (&url, vault, nobody, anywhere, "info", "the key set \"/nowhere/jwks.json\""),
        (&url, vault, &right, &taken, "info", &format!("can not listen on {taken}")),
        (&url, vault, &right, anywhere, "jiujinan=loud", "the log filter is no filter"),
    ] {
        let arguments = ["serve", "--database-url", url, "--vault-dir", vault, "--issuer", issuer, "--listen", listen];
        let (code, printed, complaint) = run(&[&arguments[..], &["--log", log]].concat()).await;
        assert!(code == 1 && printed.is_empty() && complaint.contains(said), "{code}: {complaint}");
        assert!(!complaint.contains("hunter2"), "the password is told: {complaint}");
    }
    for usage in [
        ["serve"].as_slice(),
        &["serve", "--database-url", &url],
        &["dev", "--queue-max", "3"],
        &["dev", "--listen", "here"],
        &["token", "--role", "king", "--division", STREET, "--sub", "a"],
        &["bake"],
        &[],
    ] {
        let (code, said, complaint) = run(usage).await;
        assert!(code == 2 && said.is_empty() && complaint.contains("--help"), "{usage:?} {code}: {said}{complaint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dev_prints_works_and_a_restart_finds_it_all() {
    let home = Home::new("start-dev");
    let server = Process::dev(&home, &[]).await;
    let http = client();

    let curl = format!("{}'", &server.banner[server.banner.find("curl -sS").unwrap()..].trim_end().trim_end_matches('\''));
    let pasted = format!("{curl} -w '\\n%{{http_code}} %header{{idempotent-replayed}}'");
    let paste = async || {
        let ran = Command::new("bash").args(["-c", &pasted]).env("NO_PROXY", "*").output().await.unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        let (body, status) = said.rsplit_once('\n').map(|(body, status)| (body.to_owned(), status.to_owned())).unwrap();
        (status, body)
    };
    let (status, paid) = paste().await;
    assert!(status.starts_with("201"), "{status} {paid}");
    let case: Value = serde_json::from_str(&paid).unwrap();
    assert_eq!(case["case"]["state"], "paid");
    assert_eq!(paste().await.1, paid);

    for role in Role::ALL {
        let line = server.banner.lines().find(|line| line.split_whitespace().next() == Some(role.as_str())).unwrap();
        let token = line.split_whitespace().nth(1).unwrap();
        let answer = Ask::new(&http, Method::GET, format!("http://{}/v1/funds", server.address)).by(token).send().await;
        let wanted = if matches!(role, Role::Hospital | Role::Admin) { 403 } else { 200 };
        assert_eq!(answer.status, wanted, "{} {}", role.as_str(), answer.text);
    }

    let dir = home.path().to_str().unwrap();
    let (code, token, _) =
        run(&["token", "--role", "clerk", "--division", STREET, "--sub", "officer-1", "--data-dir", dir]).await;
    let jwt = token.trim_end();
    let parts: Vec<&str> = jwt.split('.').collect();
    assert!(code == 0 && parts.len() == 3 && token.lines().count() == 1, "{token}");
    assert!(jwt.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");

    // Again in order, then after a kill.
    let postgres = home.postmaster();
    server.stop().await;
    assert_eq!(home.postmaster(), None);
    let server = Process::dev(&home, &[]).await;
    let find = |server: &Process| {
        let url = format!("http://{}/v1/cases/{}", server.address, case["case"]["id"].as_str().unwrap());
        Ask::new(&http, Method::GET, url).by(jwt)
    };
    find(&server).send().await.expect(200);
    let restarted = home.postmaster();
    assert_ne!(restarted, postgres);
    server.kill().await;
    let server = Process::dev(&home, &[]).await;
    assert_eq!(home.postmaster(), restarted, "the PostgreSQL that still runs is adopted");
    find(&server).send().await.expect(200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_asked_to_stop_under_load_answers_what_it_accepted() {
    let home = Home::new("start-stop");
    let mut server = Process::dev(&home, &["--seed", "none"]).await;
    let load = Load::begin(&home, server.address, seed()).await;
    let address = server.address;
    let (_, status) = tokio::join!(load.run(address, 32, Manners::LeavesIt), async {
        load.reaches(300).await;
        server.signal(Signal::SIGTERM);
        server.ended().await
    });
    assert!(status.success(), "{status}: {}", server.log.text());
    assert_eq!(home.postmaster(), None, "PostgreSQL stops with the server");

    let unanswered = {
        let mut calls = load.calls.lock().unwrap();
        let all = calls.len();
        calls.retain(|call| call.answer.is_some());
        all - calls.len()
    };
    // A call without an answer was never accepted: nothing of it is stored.
    home.cluster().await;
    load.check(&home.client().await).await;
    println!(
        "SIGTERM with 32 clients: {} calls answered, {unanswered} turned away unheard ({} connections refused), none of those stored",
        load.acknowledged(),
        load.unanswered.load(Ordering::Relaxed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_never_changed_and_new_ones_are_in_force_within_5_seconds() {
    let home = Home::new("start-rules");
    let server = Process::dev(&home, &[]).await;
    let (dir, http) = (home.path().to_str().unwrap(), client());
    let clerk = home.token(Role::Clerk, STREET);
    let url = format!("http://{}/v1/decisions/preview", server.address);
    let preview = Ask::new(&http, Method::POST, url).by(&clerk).json(&case(STREET, 60_000));
    let before = preview.clone().send().await.expect(200);
    assert_eq!((before.text_at("/decision/policy_version"), before.fen("/decision/granted_fen")), ("cn-2026".into(), 60_000));

    let rules = include_str!("../../deploy/policy/cn-2026.toml");
    let file = home.path().join("rules.toml");
    let import = async |text: String| {
        std::fs::write(&file, text).unwrap();
        run(&["policy", "import", file.to_str().unwrap(), "--data-dir", dir]).await
    };
    let halved = rules.replace("cap_multiple = \"1.0\"", "cap_multiple = \"0.5\"");
    assert_ne!(halved, rules);
    let (code, _, complaint) = import(halved.clone()).await;
    assert!(code == 1 && complaint.contains("a version is never changed"), "{code}: {complaint}");
    let (code, said, complaint) = import(rules.to_owned()).await;
    assert_eq!(code, 0, "the same again is no change: {said}{complaint}");
    let (code, said, complaint) = import(
        halved
            .replace("id = \"cn-2026\"", "id = \"cn-2026-11\"")
            .replace("effective_from = 2026-01-01", "effective_from = 2026-11-01"),
    )
    .await;
    assert_eq!((code, said.as_str()), (0, "policy cn-2026-11 holds from 2026-11-01\n"), "{complaint}");

    let after = Duration::from_secs(5);
    let new = |answer: &crate::world::Answer| answer.text_at("/decision/policy_version") == "cn-2026-11";
    let taken = eventually(preview.clone(), new, after).await;
    let now = preview.send().await.expect(200);
    assert_eq!((now.text_at("/decision/code"), now.fen("/decision/granted_fen")), ("APPROVED_PARTIAL".into(), 39_000));
    server.stop().await;
    println!("new rules were in force {taken:.1?} after their import");
}
