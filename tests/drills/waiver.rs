//! The database is away while hospitals ask, and a server dies meanwhile: everybody is answered, and what was answered is recorded once.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan as _};
use jiujinan::actor::Role;
use jiujinan::identity::{IdNumber, IdType};
use jiujinan::server::seed as fill;
use jiujinan::time::day;
use jiujinan::vault::{Vault, person_index};
use nix::sys::signal::{Signal, kill};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::home::{Home, PATIENCE};
use crate::load::client;
use crate::process::{Process, run, serve};
use crate::world::cluster::{connect, connector};
use crate::world::{Answer, Ask, HOSPITAL, STREET, check_invariants, person};

const CLIENTS: usize = 12;
const MEMBERS: usize = 600;

/// What somebody was told.
struct Told {
    person: String,
    answer: Answer,
    at: Timestamp,
}

/// Hospitals that ask at two servers, each time for somebody else.
struct Stream {
    http: reqwest::Client,
    token: String,
    servers: [Mutex<SocketAddr>; 2],
    members: Mutex<Vec<String>>,
    told: Mutex<Vec<Told>>,
    unheard: AtomicUsize,
    /// Answers of each server.
    counts: [AtomicUsize; 2],
    done: AtomicBool,
}

impl Stream {
    async fn ask(&self, server: usize) {
        let mut number = server;
        while !self.done.load(Ordering::SeqCst) {
            number += 1;
            let member = if number.is_multiple_of(3) { self.members.lock().unwrap().pop() } else { None };
            let person = member.unwrap_or_else(person);
            let body = json!({"id_type": "resident_id", "id_no": person, "name": "测试人", "stay": "inpatient"});
            let address = *self.servers[server].lock().unwrap();
            let ask = Ask::new(&self.http, Method::POST, format!("http://{address}/v1/waivers/check"));
            match ask.by(&self.token).json(&body).try_send().await {
                Ok(answer) => {
                    self.told.lock().unwrap().push(Told { person, answer, at: Timestamp::now() });
                    self.counts[server].fetch_add(1, Ordering::SeqCst);
                }
                // The server is dead: nobody was told anything.
                Err(_) => {
                    self.unheard.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Waits until each server has answered so many more.
    async fn goes_on(&self, more: usize) {
        let goals = [0, 1].map(|server| self.counts[server].load(Ordering::SeqCst) + more);
        let reached = || (0..2).all(|server| self.counts[server].load(Ordering::SeqCst) >= goals[server]);
        eventually("hospitals are answered", async || reached()).await;
    }
}

pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A city with a hospital and a roster, and the journal directories of two servers.
pub async fn city(home: &Home) -> (String, Vec<String>) {
    let cluster = home.cluster().await;
    connect(&cluster.url("postgres").parse().unwrap()).await.batch_execute("create database city").await.unwrap();
    let url = cluster.url("city");
    let (code, _, complaint) = run(&["migrate", "--database-url", &url]).await;
    assert_eq!(code, 0, "{complaint}");
    fill::defaults(&url.parse().unwrap(), &connector()).await.unwrap();
    (url, (0..MEMBERS).map(|_| person()).collect())
}

pub async fn register(home: &Home, server: &Process, members: &[String]) {
    let (http, admin) = (client(), home.token(Role::Admin, "3403"));
    let at = |method, path: &str| Ask::new(&http, method, format!("http://{}{path}", server.address)).by(&admin);
    let terms = json!({
        "name": "蚌埠某医院", "division": STREET, "deposits": {"default": 190_000},
        "discounts": {"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30}
    });
    at(Method::PUT, &format!("/v1/hospitals/{HOSPITAL}")).json(&terms).send().await.expect(201);
    let lines: String = members.iter().map(|id_no| format!("resident_id,{id_no},测试人,dibao,户,2026-01-01,\n")).collect();
    let import = at(Method::POST, "/v1/roster/imports?mode=full").bytes(lines.into_bytes());
    import.header("content-type", "text/csv; charset=utf-8").once().send().await.expect(201);
}

async fn start(home: &Home, url: &str, journal: &Path) -> Process {
    Process::serve(home, url, &["--journal-dir", journal.to_str().unwrap()]).await
}

fn snapshot(journal: &Path) -> PathBuf {
    journal.join("waivers-3403.snapshot")
}

/// Waits until a snapshot holds the hospital and everybody.
async fn snapshot_is_written(journal: &Path) {
    let whole = || {
        let bytes = std::fs::read(snapshot(journal)).unwrap_or_default();
        bytes.len() > MEMBERS * 33 && bytes.windows(HOSPITAL.len()).any(|part| part == HOSPITAL.as_bytes())
    };
    eventually("a snapshot is written", async || whole()).await;
}

/// PostgreSQL ends at once, without a checkpoint.
pub async fn stop_at_once(home: &Home) {
    kill(home.postmaster().unwrap(), Signal::SIGQUIT).unwrap();
    eventually("PostgreSQL ends", async || home.postmaster().is_none()).await;
}

pub async fn get(address: SocketAddr, path: &str, token: &str) -> Answer {
    Ask::new(&client(), Method::GET, format!("http://{address}{path}")).by(token).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn hospitals_are_answered_while_the_database_is_away_and_each_answer_is_recorded_once() {
    let (began, home) = (Instant::now(), Home::new("waiver"));
    let (url, members) = city(&home).await;
    let journals = [home.path().join("journal-a"), home.path().join("journal-b")];
    let servers = [start(&home, &url, &journals[0]).await, start(&home, &url, &journals[1]).await];
    register(&home, &servers[0], &members).await;
    for journal in &journals {
        snapshot_is_written(journal).await;
    }
    let stream = Stream {
        http: client(),
        token: home.billing(HOSPITAL),
        servers: [Mutex::new(servers[0].address), Mutex::new(servers[1].address)],
        members: Mutex::new(members.clone()),
        told: Mutex::default(),
        unheard: AtomicUsize::new(0),
        counts: [AtomicUsize::new(0), AtomicUsize::new(0)],
        done: AtomicBool::new(false),
    };
    let drill = async {
        stream.goes_on(150).await;
        stop_at_once(&home).await;
        let away = Timestamp::now();
        stream.goes_on(150).await;
        let [first, second] = servers;
        second.kill().await;
        let second = start(&home, &url, &journals[1]).await;
        *stream.servers[1].lock().unwrap() = second.address;
        stream.goes_on(150).await;
        without_a_database(&home, second.address).await;
        let servers = [first, second];

        home.cluster().await;
        let back = Timestamp::now();
        for server in &servers {
            eventually("ready again", async || get(server.address, "/readyz", "").await.status == 200).await;
        }
        for journal in &journals {
            let file = journal.join("waiver-checks.jsonl");
            eventually("the journal is drained", async || std::fs::metadata(&file).unwrap().len() == 0).await;
        }
        stream.goes_on(150).await;
        stream.done.store(true, Ordering::SeqCst);
        (away, back, servers)
    };
    let asking = futures_util::future::join_all((0..CLIENTS).map(|client| stream.ask(client % 2)));
    let (_, (away, back, servers)) = tokio::join!(asking, drill);
    let told = stream.told.into_inner().unwrap();
    let stale = true_ages(&told, away, back);
    for server in servers {
        server.stop().await;
    }
    recorded_once(&home, &url, &told, &members).await;
    println!(
        "{} hospitals answered, {stale} of them while the database was away ({:.0?}), {} questions met a dead server; each answer is recorded once; {:.0?}",
        told.len(),
        Duration::try_from(back.duration_since(away)).unwrap(),
        stream.unheard.into_inner(),
        began.elapsed()
    );
    assert!(stale >= 400, "only {stale} were answered while the database was away");
}

/// A server that never saw the database lives, is not ready, and asks for patience where it needs it.
async fn without_a_database(home: &Home, address: SocketAddr) {
    get(address, "/healthz", "").await.expect(200);
    let ready = get(address, "/readyz", "").await.expect(503);
    assert_eq!((ready.at("/ready"), ready.at("/database_writable")), (json!(false), json!(false)));
    get(address, "/.well-known/jwks.json", "").await.expect(200);
    let clerk = home.token(Role::Clerk, STREET);
    let http = client();
    let post = |path: &str, token: &str, body: &Value| {
        Ask::new(&http, Method::POST, format!("http://{address}{path}")).by(token).json(body).once()
    };
    let refused = [
        get(address, "/v1/funds", &home.token(Role::Finance, "3403")).await,
        post("/v1/fast-track", &clerk, &crate::world::case(STREET, 10_000)).send().await,
        post("/v1/waivers/01a20c55-f103-7093-92ce-4763218a0bf4/close", &home.billing(HOSPITAL), &json!({})).send().await,
    ];
    for answer in refused {
        let answer = answer.refused(503, "OVERLOADED");
        assert!(answer.at("/retryable") == true && answer.headers.contains_key("retry-after"), "{}", answer.text);
    }
    get(address, "/v1/funds", "none").await.refused(401, "UNAUTHENTICATED");
    get(address, "/v1/funds", &home.billing(HOSPITAL)).await.refused(403, "FORBIDDEN");
}

/// Every answer knows how old it is. Returns how many were given without the database.
fn true_ages(told: &[Told], away: Timestamp, back: Timestamp) -> usize {
    let mut without = 0;
    for Told { answer, at, .. } in told {
        assert_eq!(answer.status, 200, "{}", answer.text);
        let as_of: Timestamp = answer.text_at("/roster_as_of").parse().unwrap();
        let age = at.duration_since(as_of).as_secs() - answer.fen("/snapshot_age_s");
        assert!((0..=2).contains(&age), "{at}: {}", answer.text);
        assert_eq!((answer.fen("/roster_version"), answer.at("/stale")), (1, json!(false)));
        let (lately, later) = (away.checked_add(1.second()).unwrap(), away.checked_add(2.seconds()).unwrap());
        if later < *at && *at < back {
            without += 1;
            assert!(as_of <= lately, "{at} and nobody could have seen it: {}", answer.text);
            assert!(answer.at("/recheck_by").is_string(), "{}", answer.text);
        }
    }
    without
}

/// Each answer stands in the database once, with its leaf.
async fn recorded_once(home: &Home, url: &str, told: &[Told], members: &[String]) {
    let vault = Vault::open(&home.path().join("vault")).unwrap();
    let database = connect(&url.parse().unwrap()).await;
    database.batch_execute("set search_path = jiujinan").await.unwrap();
    let given = "select person, array_agg(answer) from waiver_check
                 where id not in (select replaces from waiver_check where replaces is not null) group by person";
    let rows = database.query(given, &[]).await.unwrap();
    let recorded: HashMap<Uuid, Vec<String>> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for Told { person, answer, .. } in told {
        let wanted = if members.contains(person) { "WAIVED" } else { "NOT_ON_ROSTER" };
        assert_eq!(answer.text_at("/answer"), wanted);
        let number = IdNumber::parse(IdType::ResidentId, person, day(Timestamp::now())).unwrap();
        let index = Uuid::from_bytes(*person_index(&vault, &number, HOSPITAL).as_bytes());
        assert_eq!(recorded.get(&index).map(Vec::as_slice), Some([wanted.to_owned()].as_slice()), "{}", answer.text);
    }
    let apart = r#"select (select count(*) from waiver_check as c where not exists (
                             select from leaf as l where l.city = c.city and l.id = c.id
                             and convert_from(l.bytes, 'UTF8') like '%waiver.checked%'
                             and convert_from(l.bytes, 'UTF8') like '%"check_id":"' || c.id || '"%'
                             and convert_from(l.bytes, 'UTF8') like '%"answer":"' || c.answer || '"%'
                             and convert_from(l.bytes, 'UTF8') like '%"roster_version":' || c.roster_version || ',%')),
                        (select count(*) from leaf where convert_from(bytes, 'UTF8') like '%waiver.checked%')
                            - (select count(*) from waiver_check)"#;
    let row = database.query_one(apart, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (0, 0), "checks and leaves agree");
    check_invariants(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_not_ours_answers_nobody() {
    let home = Home::new("waiver-forged");
    let (url, members) = city(&home).await;
    let journal = home.path().join("journal");
    let server = start(&home, &url, &journal).await;
    register(&home, &server, &members).await;
    snapshot_is_written(&journal).await;
    server.stop().await;
    // A setting that is wrong is not waited out, snapshot or not.
    let (_, nowhere) = starts(&home, &url.replace("city", "nowhere"), &journal).await;
    assert!(nowhere.contains("database \"nowhere\" does not exist"), "{nowhere}");
    stop_at_once(&home).await;

    let good = std::fs::read(snapshot(&journal)).unwrap();
    for planted in ["测试人", &members[0], &members[MEMBERS - 1]] {
        assert!(!good.windows(planted.len()).any(|part| part == planted.as_bytes()), "{planted} stands in the snapshot");
    }
    let mut forged = good.clone();
    forged[good.len() - 40] ^= 1;
    for (bytes, named) in [(&forged[..], "3403"), (&good[..good.len() - 1], "3403"), (&good, "3401"), (b"", "3403")] {
        let _ = std::fs::remove_file(snapshot(&journal));
        let path = journal.join(format!("waivers-{named}.snapshot"));
        std::fs::write(&path, bytes).unwrap();
        let (code, complaint) = starts(&home, &url, &journal).await;
        assert!(code == 1 && complaint.contains("a snapshot is refused"), "{complaint}");
        assert!(complaint.contains("the database is unreachable"), "{complaint}");
        std::fs::remove_file(path).unwrap();
    }
    // A good one answers, for its own city; this one is 25 hours old.
    std::fs::write(snapshot(&journal), aged(&home, &good)).unwrap();
    let server = start(&home, &url, &journal).await;
    let ask = Ask::new(&client(), Method::POST, format!("http://{}/v1/waivers/check", server.address));
    let body = json!({"id_type": "resident_id", "id_no": members[0], "name": "测试人", "stay": "inpatient"});
    let told = ask.by(&home.billing(HOSPITAL)).json(&body).send().await.expect(200);
    assert_eq!((told.text_at("/answer"), told.at("/discounts/drugs")), ("WAIVED".into(), json!(5)));
    let age = told.fen("/snapshot_age_s") - 25 * 3600;
    assert!((0..120).contains(&age) && told.at("/stale") == true, "{}", told.text);
    let elsewhere = home.billing_in("3401", HOSPITAL);
    let ask = Ask::new(&client(), Method::POST, format!("http://{}/v1/waivers/check", server.address));
    ask.by(&elsewhere).json(&body).send().await.refused(503, "OVERLOADED");
    server.stop().await;
}

/// Exit code and complaint of a server that does not start.
async fn starts(home: &Home, url: &str, journal: &Path) -> (i32, String) {
    let ran = serve(home, url).args(["--journal-dir", journal.to_str().unwrap()]).output();
    let ran = tokio::time::timeout(PATIENCE, ran).await.expect("it ends").unwrap();
    (ran.status.code().unwrap(), String::from_utf8(ran.stderr).unwrap())
}

/// The same snapshot as if it had been written 25 hours ago, signed again.
fn aged(home: &Home, snapshot: &[u8]) -> Vec<u8> {
    let vault = Vault::open(&home.path().join("vault")).unwrap();
    let mut bytes = snapshot[..snapshot.len() - 32].to_vec();
    let roster = bytes.windows(8).position(|part| part == b"JJNROST\x01").unwrap();
    let as_of = roster + 8 + 4 + 8;
    let moment = i64::from_be_bytes(bytes[as_of..as_of + 8].try_into().unwrap()) - 25 * 3600 * 1_000_000;
    bytes[as_of..as_of + 8].copy_from_slice(&moment.to_be_bytes());
    let code = vault.fingerprint(&[b"jiujinan/waiver-snapshot", &bytes]);
    [&bytes[..], &code].concat()
}
