//! A world of its own for each test: a database, a running server, officers, funds, people.
//!
//! All databases of a test run live in one private cluster, which the first test starts; it stays for the next run.

#![allow(dead_code, reason = "each test binary uses its part of the world")]

pub mod bank;
pub mod cluster;
pub mod forge;
mod invariants;
mod person;
pub mod receiver;
mod request;
pub mod statement;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use jiujinan::actor::Role;
use jiujinan::hook::HookSettings;
use jiujinan::http::Issuers;
use jiujinan::rail::OwnKey;
use jiujinan::server::config::{Serving, Token};
use jiujinan::server::issuer::Issuer;
use jiujinan::server::run::{self, Ground};
use jiujinan::vault::Vault;
use jiujinan::waiver::{Journal, PromiseKeys, WaiverSettings};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use cluster::{Database, place};
#[allow(unused_imports, reason = "each test binary uses its part of the world")]
pub use invariants::check as check_invariants;
pub use person::{account, person};
pub use request::{Answer, Ask};

/// A street that most tests play in, and another of the same city.
pub const STREET: &str = "340303001";
pub const OTHER_STREET: &str = "340302001";
/// A hospital (a published code of a public body), and another.
pub const HOSPITAL: &str = "11341729003258285D";
pub const OTHER_HOSPITAL: &str = "11430682006378338L";

pub struct World {
    pub database: Database,
    pub server: Server,
    client: reqwest::Client,
    issuer: Issuer,
}

/// A running server; stops gracefully when told, hard when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub metrics: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<anyhow::Result<()>>,
}

impl World {
    /// A city with the dated defaults and no funds.
    pub async fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let database = Database::new().await;
        let issuer = Issuer::create(&place()).unwrap();
        let server = Server::start(&database, &issuer).await;
        Self { database, server, client: request::client(), issuer }
    }

    /// The same with servers that pay through a bank.
    pub async fn with_bank(bank: &bank::Bank) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let database = Database::new().await;
        let issuer = Issuer::create(&place()).unwrap();
        let server = Server::start_on(database.config.clone(), &database, &issuer, Some(bank.rail())).await;
        Self { database, server, client: request::client(), issuer }
    }

    /// Another server on the same database that pays through a bank.
    pub async fn another_server_with(&self, bank: &bank::Bank) -> Server {
        Server::start_on(self.database.config.clone(), &self.database, &self.issuer, Some(bank.rail())).await
    }

    /// A second server on the same database.
    pub async fn another_server(&self) -> Server {
        Server::start(&self.database, &self.issuer).await
    }

    /// A second server whose book reaches the same database by another way.
    pub async fn server_by(&self, book: tokio_postgres::Config) -> Server {
        Server::start_by(book, &self.database, &self.issuer).await
    }

    /// A token.
    pub fn token(&self, roles: &[Role], division: &str, sub: &str) -> String {
        self.sign(roles, division, sub, None)
    }

    fn sign(&self, roles: &[Role], division: &str, sub: &str, req: Option<String>) -> String {
        let token = Token { req, ..self.plain(roles, division, sub) };
        self.issuer.sign(&token).unwrap()
    }

    fn plain(&self, roles: &[Role], division: &str, sub: &str) -> Token {
        Token {
            role: roles.to_vec(),
            division: division.parse().unwrap(),
            sub: sub.into(),
            name: None,
            section: None,
            hospital: roles.contains(&Role::Hospital).then(|| jiujinan::server::seed::HOSPITAL.into()),
            ttl: Duration::from_secs(600),
            req: None,
            data_dir: None,
        }
    }

    /// A clerk of a street.
    pub fn clerk(&self, street: &str) -> String {
        self.token(&[Role::Clerk], street, "clerk-1")
    }

    /// The finance department of the city.
    pub fn finance(&self) -> String {
        self.token(&[Role::Finance], "3403", "finance-1")
    }

    /// An auditor of the city.
    pub fn auditor(&self) -> String {
        self.token(&[Role::Auditor], "3403", "auditor-1")
    }

    /// The billing system of a hospital, by its credit code.
    pub fn billing(&self, division: &str, code: &str) -> String {
        let mut token = self.plain(&[Role::Hospital], division, &format!("billing-{code}"));
        token.hospital = Some(code.to_owned());
        self.issuer.sign(&token).unwrap()
    }

    /// A countersign of an officer over the very body of a request.
    pub fn countersign(&self, ask: Ask, sub: &str) -> Ask {
        let signed = self.sign(&[Role::Approver], "3403", sub, Some(ask.req()));
        ask.header("countersign", signed)
    }

    /// A countersign of somebody of these roles and this scope.
    pub fn countersign_by(&self, ask: Ask, roles: &[Role], division: &str, sub: &str) -> Ask {
        let signed = self.sign(roles, division, sub, Some(ask.req()));
        ask.header("countersign", signed)
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask {
        self.ask_at(&self.server, method, path)
    }

    pub fn ask_at(&self, server: &Server, method: Method, path: &str) -> Ask {
        Ask::new(&self.client, method, format!("http://{}{path}", server.address))
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> Ask {
        self.ask(Method::POST, path).by(token).json(body)
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path).by(token).send().await
    }

    /// A street reserve with money in it. Returns its id.
    pub async fn fund(&self, division: &str, fen: i64) -> String {
        self.fund_with(division, fen, json!({})).await
    }

    /// A street reserve with money and limits.
    pub async fn fund_with(&self, division: &str, fen: i64, limits: Value) -> String {
        let body =
            json!({"division": division, "kind": "street_reserve", "name": "备用金", "target_fen": 2_000_000, "limits": limits});
        let opened = self.post("/v1/funds", &self.finance(), &body).once().send().await.expect(201);
        let id = opened.text_at("/id");
        if fen > 0 {
            self.top_up(&id, fen).await.expect(201);
        }
        id
    }

    pub async fn top_up(&self, fund: &str, fen: i64) -> Answer {
        let body = json!({"amount_fen": fen, "reference": "T-1", "value_date": "2026-11-20"});
        self.post(&format!("/v1/funds/{fund}/topups"), &self.finance(), &body).once().send().await
    }

    /// The fund as it is.
    pub async fn fund_now(&self, fund: &str) -> Answer {
        self.get(&format!("/v1/funds/{fund}"), &self.finance()).await.expect(200)
    }

    /// A fast-track by a clerk of the body's street, with a key of its own.
    pub fn fast_track(&self, body: &Value) -> Ask {
        self.post("/v1/fast-track", &self.clerk(body["division"].as_str().unwrap()), body).once()
    }

    /// The same through another server.
    pub fn fast_track_at(&self, server: &Server, body: &Value) -> Ask {
        let clerk = self.clerk(body["division"].as_str().unwrap());
        self.ask_at(server, Method::POST, "/v1/fast-track").by(&clerk).json(body).once()
    }

    /// A server that knows one more version of the rules: those of 2026 for a division, with texts in them replaced.
    pub async fn server_with_rules(&self, division: &str, replaced: &[(&str, &str)]) -> Server {
        let mut text = include_str!("../../deploy/policy/cn-2026.toml").to_owned();
        let own = [("id = \"cn-2026\"", "id = \"test\""), ("division = \"\"", &format!("division = \"{division}\""))];
        for (from, to) in own.iter().chain(replaced) {
            assert!(text.contains(from), "the rules do not hold {from:?}");
            text = text.replace(from, to);
        }
        let insert = "insert into policy_version (id, division, effective_from, body) values ('test', $1, '2026-01-01', $2)";
        self.database.client().await.execute(insert, &[&division, &text]).await.unwrap();
        self.another_server().await
    }

    /// A roster of one person as a request.
    pub fn roster(ask: Ask, id_no: &str) -> Ask {
        let line = format!("resident_id,{id_no},测试人,dibao,户,2026-01-01,\n");
        ask.bytes(line.into_bytes()).header("content-type", "text/csv; charset=utf-8").once()
    }

    /// The terms of a hospital of `STREET` as a request.
    pub fn hospital(ask: Ask, deposit_fen: i64) -> Ask {
        let discounts = json!({"registration": 100, "consultation": 100, "examination": 20, "drugs": 5, "bed": 30});
        let deposits = json!({"default": deposit_fen});
        ask.json(&json!({"name": "医院", "division": STREET, "discounts": discounts, "deposits": deposits}))
    }

    /// A figure of a server's metrics, with its labels.
    pub async fn figure(&self, server: &Server, name: &str) -> Option<i64> {
        let text = self.client.get(format!("http://{}/metrics", server.metrics)).send().await.unwrap().text().await.unwrap();
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Waits until the server has read the rules again: once a second it looks who listens.
    pub async fn know_hooks(&self) {
        let active = "select 'jiujinan_hooks ' || count(*) || E'\\n' from hook where state = 'active'";
        let (line, url) = (self.sql_text(active).await, format!("http://{}/metrics", self.server.metrics));
        let known = async || self.client.get(&url).send().await.unwrap().text().await.unwrap().contains(&line);
        until("the server knows its hooks", known).await;
    }

    /// Nothing is overspent, lost, doubled or unexplained.
    pub async fn check_invariants(&self) {
        invariants::check(&self.database.client().await).await;
    }

    /// Rows in every table.
    pub async fn counts(&self) -> BTreeMap<String, i64> {
        let client = self.database.client().await;
        let tables = "select table_name::text from information_schema.tables where table_schema = 'jiujinan' and table_type = 'BASE TABLE'";
        let tables: Vec<String> = client.query(tables, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
        let each: Vec<String> =
            tables.iter().map(|table| format!("select '{table}' as name, count(*) as rows from {table}")).collect();
        let rows = client.query(&each.join(" union all "), &[]).await.unwrap();
        rows.iter().map(|row| (row.get("name"), row.get("rows"))).collect()
    }

    /// Runs a statement behind the interface's back.
    pub async fn sql(&self, statement: &str) {
        self.database.client().await.batch_execute(statement).await.unwrap();
    }

    /// One text from behind the interface.
    pub async fn sql_text(&self, query: &str) -> String {
        self.database.client().await.query_one(query, &[]).await.unwrap().get(0)
    }

    /// Rows in a table.
    pub async fn count(&self, table: &str) -> i64 {
        self.database.client().await.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap().get(0)
    }
}

/// Waits until something holds, and fails when it does not within half a minute.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let began = std::time::Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(30), "not within half a minute: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The day that it is, as the service sees it.
pub fn today() -> String {
    jiujinan::time::day(jiff::Timestamp::now()).to_string()
}

/// A case that the quick lane pays in cash: one person, an accident, new.
pub fn case(street: &str, requested_fen: i64) -> Value {
    json!({
        "division": street,
        "incident": {"cause": "accident", "place": "工地", "occurred_at": "2026-11-20T21:40:00+08:00"},
        "applicant": {"id_type": "resident_id", "id_no": person(), "name": "测试人"},
        "requested_fen": requested_fen,
        "payments": [{"method": "cash"}]
    })
}

impl Server {
    async fn start(database: &Database, issuer: &Issuer) -> Self {
        Self::start_by(database.config.clone(), database, issuer).await
    }

    async fn start_by(book: tokio_postgres::Config, database: &Database, issuer: &Issuer) -> Self {
        Self::start_on(book, database, issuer, None).await
    }

    async fn start_on(
        book: tokio_postgres::Config,
        database: &Database,
        issuer: &Issuer,
        rail: Option<jiujinan::rail::GatewaySettings>,
    ) -> Self {
        let ground = Ground {
            book,
            api: database.config.clone(),
            schema: None,
            connector: cluster::connector(),
            vault: Vault::create(&place().join("vault")).unwrap(),
            issuers: Issuers::load(&[issuer.settings()], "jiujinan").unwrap(),
            rail,
            waivers: WaiverSettings {
                keys: PromiseKeys::open_or_make(&place().join("promises")).unwrap(),
                journal: Some(Journal::open(&place().join("journals").join(uuid::Uuid::new_v4().to_string())).unwrap()),
            },
            hooks: HookSettings {
                key: Some(OwnKey::open_or_make(&place().join("hook.key")).unwrap()),
                allowed: vec!["127.0.0.1".parse().unwrap()],
                ..HookSettings::default()
            },
            rate: None,
            metrics_listen: ([127, 0, 0, 1], 0).into(),
            serving: Serving::default(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel();
        let running = tokio::spawn(run::run(
            ground,
            move |listening| {
                let _ = ready.send(listening);
            },
            async {
                let _ = stopped.await;
            },
        ));
        let listening = is_ready.await.unwrap();
        Self { address: listening.address, metrics: listening.metrics, stop: Some(stop), running }
    }

    /// Stops gracefully and waits for it.
    pub async fn stop(mut self) {
        let _ = self.stop.take().unwrap().send(());
        (&mut self.running).await.unwrap().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}
